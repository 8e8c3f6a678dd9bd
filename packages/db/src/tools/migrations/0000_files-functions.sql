CREATE TABLE `files` (
	`row_id` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`owner` text NOT NULL,
	`session_id` text,
	`name` text NOT NULL,
	`purpose` text NOT NULL,
	`media_type` text NOT NULL,
	`bytes` integer NOT NULL,
	`checksum` text NOT NULL,
	`expires_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `files_id` ON `files` (`id`);--> statement-breakpoint
CREATE INDEX `files_owner_created` ON `files` (`owner`,`created_at`,`row_id`);--> statement-breakpoint
CREATE INDEX `files_owner_session` ON `files` (`owner`,`session_id`);--> statement-breakpoint
CREATE INDEX `files_expires` ON `files` (`expires_at`);--> statement-breakpoint
CREATE TABLE `functions` (
	`row_id` integer PRIMARY KEY NOT NULL,
	`owner` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`parameters` text NOT NULL,
	`code` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `functions_owner_name` ON `functions` (`owner`,`name`);