package dev.neurite.langchain4j;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.neurite.llm.Generation;
import dev.neurite.llm.LanguageModel;
import java.util.Set;

/// As [NeuriteChatModel], with answers in pieces. Each is written in a thread of its own, which calls the handler. A
/// handler that cancels gets nothing more; what it throws ends the answer, and comes to it as an error.
public final class NeuriteStreamingChatModel implements StreamingChatModel {
    private final ModelChat chat;

    private NeuriteStreamingChatModel(ModelChat chat) {
        this.chat = chat;
    }

    /// A chat model with [Generation#USUAL].
    /// @param model with a template for chats
    public static NeuriteStreamingChatModel of(LanguageModel model) {
        return of(model, Generation.USUAL);
    }

    /// A chat model.
    /// @param model with a template for chats
    /// @param usual how answers are written, where a request does not say it
    public static NeuriteStreamingChatModel of(LanguageModel model, Generation usual) {
        return new NeuriteStreamingChatModel(new ModelChat(model, usual));
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        Thread.ofPlatform().daemon().name("neurite-answer").start(() -> write(request, handler));
    }

    private void write(ChatRequest request, StreamingChatResponseHandler handler) {
        var handle = new Handle();
        var context = new PartialResponseContext(handle);
        ChatResponse response;
        try {
            response = chat.answer(request, piece -> {
                if (!piece.isEmpty() && !handle.cancelled) {
                    handler.onPartialResponse(new PartialResponse(piece), context);
                }
                return !handle.cancelled;
            });
        } catch (RuntimeException | Error e) {
            handler.onError(e);
            return;
        }
        if (!handle.cancelled) handler.onCompleteResponse(response);
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    }

    private static final class Handle implements StreamingHandle {
        private volatile boolean cancelled;

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }
    }
}
