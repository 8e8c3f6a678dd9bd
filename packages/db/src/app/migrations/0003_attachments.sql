CREATE TABLE `attachments` (
	`row_id` integer PRIMARY KEY NOT NULL,
	`session_row` integer NOT NULL,
	`file_id` text NOT NULL,
	`content` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`session_row`) REFERENCES `sessions`(`row_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `attachments_session_file` ON `attachments` (`session_row`,`file_id`);