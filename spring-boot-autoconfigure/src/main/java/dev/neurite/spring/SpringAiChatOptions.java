package dev.neurite.spring;

import dev.neurite.generate.Sampling;
import dev.neurite.llm.Generation;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.DefaultToolCallingChatOptions;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;

/// The options of [SpringAiChatModel], which a `ChatClient` takes and adds to. They have a place for an output schema,
/// and one for tools, so that these are refused: a `ChatClient` leaves out what has no place.
final class SpringAiChatOptions extends DefaultToolCallingChatOptions implements StructuredOutputChatOptions {
    private final @Nullable String outputSchema;

    private SpringAiChatOptions(ToolCallingChatOptions others, @Nullable String outputSchema) {
        super(
                others.getToolCallbacks(),
                others.getToolContext(),
                others.getModel(),
                others.getFrequencyPenalty(),
                others.getMaxTokens(),
                others.getPresencePenalty(),
                others.getStopSequences(),
                others.getTemperature(),
                others.getTopK(),
                others.getTopP());
        this.outputSchema = outputSchema;
    }

    /// How texts are written, as options.
    static SpringAiChatOptions of(Generation usual) {
        Sampling sampling = usual.sampling();
        return new Builder()
                .temperature(sampling.temperature())
                .topK(sampling.topK())
                .topP(sampling.topP())
                .frequencyPenalty(sampling.penalties().frequency())
                .presencePenalty(sampling.penalties().presence())
                .maxTokens(usual.maxTokens())
                .stopSequences(usual.stops())
                .build();
    }

    @Override
    public @Nullable String getOutputSchema() {
        return outputSchema;
    }

    @Override
    public Builder mutate() {
        return new Builder().combineWith(super.mutate()).outputSchema(outputSchema);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other)
                && other instanceof SpringAiChatOptions same
                && Objects.equals(outputSchema, same.outputSchema);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), outputSchema);
    }

    static final class Builder extends DefaultToolCallingChatOptions.Builder<Builder>
            implements StructuredOutputChatOptions.Builder<Builder> {
        private @Nullable String outputSchema;

        @Override
        public Builder outputSchema(@Nullable String schema) {
            outputSchema = schema;
            return this;
        }

        @Override
        public Builder combineWith(ChatOptions.Builder<?> other) {
            super.combineWith(other);
            if (other.build() instanceof StructuredOutputChatOptions structured
                    && structured.getOutputSchema() != null) {
                outputSchema = structured.getOutputSchema();
            }
            return this;
        }

        @Override
        public SpringAiChatOptions build() {
            return new SpringAiChatOptions(super.build(), outputSchema);
        }
    }
}
