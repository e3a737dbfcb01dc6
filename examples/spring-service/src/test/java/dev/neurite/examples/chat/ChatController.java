package dev.neurite.examples.chat;

import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

// region controller
@RestController
final class ChatController {
    private final ChatModel qwen;

    ChatController(ChatModel qwen) { // Spring AI's, the bean qwenChatModel
        this.qwen = qwen;
    }

    @PostMapping(path = "/chat", produces = "text/plain;charset=UTF-8")
    Flux<String> answer(@RequestBody String question) { // in pieces, as they are written
        return qwen.stream(new SystemMessage("Answer in one sentence."), new UserMessage(question));
    }
}
// endregion
