CREATE TABLE `api_keys` (
	`row_id` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`user_row` integer NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`prefix` text NOT NULL,
	`expires_at` integer,
	`last_used_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_row`) REFERENCES `users`(`row_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_id` ON `api_keys` (`id`);--> statement-breakpoint
CREATE INDEX `api_keys_user` ON `api_keys` (`user_row`);--> statement-breakpoint
CREATE TABLE `messages` (
	`row_id` integer PRIMARY KEY NOT NULL,
	`session_row` integer NOT NULL,
	`seq` integer NOT NULL,
	`role` text NOT NULL,
	`content` text NOT NULL,
	`status` text NOT NULL,
	`model` text,
	`usage` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`session_row`) REFERENCES `sessions`(`row_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `messages_session_seq` ON `messages` (`session_row`,`seq`);--> statement-breakpoint
CREATE INDEX `messages_streaming` ON `messages` (`session_row`) WHERE status = 'streaming';--> statement-breakpoint
CREATE TABLE `sessions` (
	`row_id` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`owner_row` integer NOT NULL,
	`title` text,
	`system` text,
	`message_count` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`claim_token` text,
	`claim_expires_at` integer,
	FOREIGN KEY (`owner_row`) REFERENCES `users`(`row_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_owner_id` ON `sessions` (`owner_row`,`id`);--> statement-breakpoint
CREATE INDEX `sessions_owner_updated` ON `sessions` (`owner_row`,`updated_at`,`id`);--> statement-breakpoint
CREATE TABLE `usage` (
	`row_id` integer PRIMARY KEY NOT NULL,
	`user_row` integer NOT NULL,
	`key_id` text,
	`session_id` text,
	`provider` text NOT NULL,
	`model` text NOT NULL,
	`prompt_tokens` integer NOT NULL,
	`completion_tokens` integer NOT NULL,
	`cached_tokens` integer NOT NULL,
	`reasoning_tokens` integer NOT NULL,
	`estimated` integer NOT NULL,
	`latency_ms` integer NOT NULL,
	`ttft_ms` integer,
	`status` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_row`) REFERENCES `users`(`row_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `usage_user_created` ON `usage` (`user_row`,`created_at`);--> statement-breakpoint
CREATE INDEX `usage_created` ON `usage` (`created_at`);--> statement-breakpoint
CREATE TABLE `users` (
	`row_id` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`username` text NOT NULL,
	`username_key` text NOT NULL,
	`password_hash` text NOT NULL,
	`role` text NOT NULL,
	`disabled` integer DEFAULT false NOT NULL,
	`token_version` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_id` ON `users` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_username_key` ON `users` (`username_key`);