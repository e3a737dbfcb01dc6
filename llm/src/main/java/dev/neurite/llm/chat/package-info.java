/// Chats: messages, and the templates that make them the text that a model was trained with.
package dev.neurite.llm.chat;
