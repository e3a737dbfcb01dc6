/// Language models: loading, completion and chat.
package dev.neurite.llm;
