CREATE TABLE `batch_documents` (
	`batch_row` integer NOT NULL,
	`document_row` integer NOT NULL,
	PRIMARY KEY(`batch_row`, `document_row`),
	FOREIGN KEY (`batch_row`) REFERENCES `document_batches`(`row_id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`document_row`) REFERENCES `documents`(`row_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `batch_documents_document` ON `batch_documents` (`document_row`);--> statement-breakpoint
CREATE TABLE `document_batches` (
	`row_id` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`collection_row` integer NOT NULL,
	`cancelled` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`collection_row`) REFERENCES `collections`(`row_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `document_batches_id` ON `document_batches` (`id`);--> statement-breakpoint
CREATE INDEX `document_batches_collection` ON `document_batches` (`collection_row`);--> statement-breakpoint
ALTER TABLE `collections` ADD `description` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `documents` ADD `error_code` text;--> statement-breakpoint
CREATE INDEX `documents_counts` ON `documents` (`collection_row`,`status`,`bytes`);