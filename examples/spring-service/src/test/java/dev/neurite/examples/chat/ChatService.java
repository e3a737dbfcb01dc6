package dev.neurite.examples.chat;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/// A service that chats. It is among the tests, as there is no language model in this repository.
@SpringBootApplication(proxyBeanMethods = false)
final class ChatService {
    private ChatService() {}
}
