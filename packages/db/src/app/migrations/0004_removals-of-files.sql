ALTER TABLE `removals` ADD `file_id` text;--> statement-breakpoint
CREATE INDEX `removals_file` ON `removals` (`file_id`) WHERE file_id IS NOT NULL;