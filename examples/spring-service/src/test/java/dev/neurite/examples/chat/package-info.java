/// A service with Spring Boot that chats with a language model.
@NullMarked
package dev.neurite.examples.chat;

import org.jspecify.annotations.NullMarked;
