package dev.neurite.langchain4j;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.neurite.llm.Generation;
import dev.neurite.llm.LanguageModel;
import dev.neurite.llm.PieceListener;
import java.util.Set;

/// A chat model of LangChain4j: a language model in the process, computed in Java alone.
/// ```java
/// LanguageModel model = LanguageModel.load(Path.of("qwen2.5-0.5b-instruct-q8_0.gguf"));
/// String answer = NeuriteChatModel.of(model).chat("Name three rivers.");
/// ```
/// Of the parameters of a request it takes temperature, top-p, top-k, both penalties, stop sequences, the most
/// tokens and the response format: a JSON schema that [dev.neurite.llm.grammar.JsonGrammar#schema] takes is
/// kept to. Tools are described to the model by its template, and earlier calls and results reach it; what it
/// answers stays text, and calls of tools are not read from it. What is not done is an
/// [UnsupportedFeatureException]: pictures and other content, a tool that is required, a model name.
///
/// Safe to use from many threads. Whoever loaded the [LanguageModel] closes it.
public final class NeuriteChatModel implements ChatModel {
    private final ModelChat chat;

    private NeuriteChatModel(ModelChat chat) {
        this.chat = chat;
    }

    /// A chat model with [Generation#USUAL].
    /// @param model with a template for chats
    public static NeuriteChatModel of(LanguageModel model) {
        return of(model, Generation.USUAL);
    }

    /// A chat model.
    /// @param model with a template for chats
    /// @param usual how answers are written, where a request does not say it; its seed gives the same answer to
    /// the same request
    public static NeuriteChatModel of(LanguageModel model, Generation usual) {
        return new NeuriteChatModel(new ModelChat(model, usual));
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        return chat.answer(request, PieceListener.NONE);
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    }
}
