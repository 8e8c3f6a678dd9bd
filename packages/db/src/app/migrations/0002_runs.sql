CREATE TABLE `run_events` (
	`row_id` integer PRIMARY KEY NOT NULL,
	`run_row` integer NOT NULL,
	`seq` integer NOT NULL,
	`type` text NOT NULL,
	`payload` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`run_row`) REFERENCES `runs`(`row_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `run_events_run_seq` ON `run_events` (`run_row`,`seq`);--> statement-breakpoint
CREATE TABLE `run_waits` (
	`row_id` integer PRIMARY KEY NOT NULL,
	`run_row` integer NOT NULL,
	`call_id` text NOT NULL,
	`tool` text NOT NULL,
	`arguments` text,
	FOREIGN KEY (`run_row`) REFERENCES `runs`(`row_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `run_waits_call` ON `run_waits` (`call_id`);--> statement-breakpoint
CREATE INDEX `run_waits_run` ON `run_waits` (`run_row`);--> statement-breakpoint
CREATE TABLE `runs` (
	`row_id` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`owner_row` integer NOT NULL,
	`session_row` integer,
	`agent` text NOT NULL,
	`model` text NOT NULL,
	`status` text NOT NULL,
	`stop_reason` text,
	`error_code` text,
	`error_message` text,
	`input` text,
	`last_seq` integer DEFAULT 0 NOT NULL,
	`steps` integer DEFAULT 0 NOT NULL,
	`model_calls` integer DEFAULT 0 NOT NULL,
	`tool_calls` integer DEFAULT 0 NOT NULL,
	`prompt_tokens` integer DEFAULT 0 NOT NULL,
	`completion_tokens` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`owner_row`) REFERENCES `users`(`row_id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`session_row`) REFERENCES `sessions`(`row_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `runs_id` ON `runs` (`id`);--> statement-breakpoint
CREATE INDEX `runs_owner_created` ON `runs` (`owner_row`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `runs_session` ON `runs` (`session_row`);--> statement-breakpoint
CREATE INDEX `runs_running` ON `runs` (`row_id`) WHERE status = 'running';