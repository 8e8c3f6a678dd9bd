CREATE TABLE `chunk_vectors` (
	`chunk_row` integer PRIMARY KEY NOT NULL,
	`collection_row` integer NOT NULL,
	`embedder_row` integer NOT NULL,
	`tag` integer NOT NULL,
	`vector` blob NOT NULL,
	FOREIGN KEY (`chunk_row`) REFERENCES `chunks`(`row_id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`collection_row`) REFERENCES `collections`(`row_id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`embedder_row`) REFERENCES `embedders`(`row_id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `chunk_vectors_collection` ON `chunk_vectors` (`collection_row`,`embedder_row`,`chunk_row`,`tag`);--> statement-breakpoint
CREATE TABLE `chunks` (
	`row_id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`collection_row` integer NOT NULL,
	`document_row` integer NOT NULL,
	`ordinal` integer NOT NULL,
	`text` text NOT NULL,
	`place` text NOT NULL,
	`hash` blob NOT NULL,
	`tag` integer NOT NULL,
	FOREIGN KEY (`collection_row`) REFERENCES `collections`(`row_id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`document_row`) REFERENCES `documents`(`row_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `chunks_document_ordinal` ON `chunks` (`document_row`,`ordinal`);--> statement-breakpoint
CREATE INDEX `chunks_collection` ON `chunks` (`collection_row`,`row_id`,`tag`);--> statement-breakpoint
CREATE INDEX `chunks_hash` ON `chunks` (`hash`);--> statement-breakpoint
CREATE TABLE `embedders` (
	`row_id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `embedders_name` ON `embedders` (`name`);--> statement-breakpoint
CREATE TABLE `staged_chunks` (
	`row_id` integer PRIMARY KEY NOT NULL,
	`document_row` integer NOT NULL,
	`ordinal` integer NOT NULL,
	`text` text NOT NULL,
	`place` text NOT NULL,
	`hash` blob NOT NULL,
	`tag` integer NOT NULL,
	`embedder_row` integer,
	`vector` blob,
	FOREIGN KEY (`document_row`) REFERENCES `documents`(`row_id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`embedder_row`) REFERENCES `embedders`(`row_id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `staged_chunks_document` ON `staged_chunks` (`document_row`,`ordinal`);--> statement-breakpoint
CREATE TABLE `collections` (
	`row_id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`owner` text NOT NULL,
	`name` text NOT NULL,
	`metadata` text NOT NULL,
	`expires_after_days` integer,
	`last_active_at` integer NOT NULL,
	`generation` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `collections_id` ON `collections` (`id`);--> statement-breakpoint
CREATE INDEX `collections_owner_created` ON `collections` (`owner`,`created_at`,`row_id`);--> statement-breakpoint
CREATE INDEX `collections_owner_name` ON `collections` (`owner`,`name`);--> statement-breakpoint
CREATE TABLE `document_sources` (
	`document_row` integer PRIMARY KEY NOT NULL,
	`blocks` blob NOT NULL,
	FOREIGN KEY (`document_row`) REFERENCES `documents`(`row_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `documents` (
	`row_id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`collection_row` integer NOT NULL,
	`file_id` text,
	`title` text NOT NULL,
	`attributes` text NOT NULL,
	`status` text NOT NULL,
	`error` text,
	`content_hash` text NOT NULL,
	`bytes` integer NOT NULL,
	`chunk_size` integer NOT NULL,
	`chunk_overlap` integer NOT NULL,
	`chunks_total` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`collection_row`) REFERENCES `collections`(`row_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `documents_id` ON `documents` (`id`);--> statement-breakpoint
CREATE INDEX `documents_collection_created` ON `documents` (`collection_row`,`created_at`,`row_id`);--> statement-breakpoint
CREATE INDEX `documents_file` ON `documents` (`file_id`);--> statement-breakpoint
CREATE INDEX `documents_status` ON `documents` (`status`,`updated_at`);