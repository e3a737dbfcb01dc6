package dev.neurite.llm;

import dev.neurite.data.Dataset;
import dev.neurite.data.Sequences;
import dev.neurite.error.DataException;
import dev.neurite.llm.chat.ChatTemplate;
import dev.neurite.llm.chat.Message;
import dev.neurite.llm.chat.Message.Role;
import dev.neurite.llm.tokenizer.ModelTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// Makes examples for training of texts and chats: each is a row of tokens, and each position has the token
/// that follows as its label.
final class TextExamples {
    private final ModelTokenizer tokenizer;
    private final int context;
    private final List<String> names; // of tokens
    private final int[][] ids;
    private final int[][] next;

    private TextExamples(ModelTokenizer tokenizer, int context, int vocabulary, int count) {
        this.tokenizer = tokenizer;
        this.context = context;
        names = IntStream.range(0, vocabulary).mapToObj(Integer::toString).toList();
        ids = new int[count][];
        next = new int[count][];
    }

    static Dataset ofTexts(ModelTokenizer tokenizer, int context, int vocabulary, List<String> texts) {
        var all = new TextExamples(tokenizer, context, vocabulary, texts.size());
        for (int i = 0; i < texts.size(); i++) all.put(i, "text " + i, all.withEnd(tokenizer.encode(texts.get(i))));
        return Dataset.of(Sequences.ofTokens(all.ids), all.next, all.names);
    }

    static Dataset ofChats(
            ModelTokenizer tokenizer, ChatTemplate template, int context, int vocabulary, List<List<Message>> chats) {
        var all = new TextExamples(tokenizer, context, vocabulary, chats.size());
        for (int i = 0; i < chats.size(); i++) all.putChat(i, template, chats.get(i));
        return Dataset.of(Sequences.ofTokens(all.ids), all.next, all.names, LanguageModel.IGNORED);
    }

    private int[] withEnd(int[] text) {
        OptionalInt end = tokenizer.eos();
        boolean ends = text.length > 0 && end.equals(OptionalInt.of(text[text.length - 1]));
        return ends ? text : IntStream.concat(Arrays.stream(text), end.stream()).toArray();
    }

    private void put(int i, String where, int[] tokens) {
        int length = tokens.length - 1;
        if (length < 1 || length > context) {
            throw new DataException(
                    where, "expects 2 to " + (context + 1L) + " tokens with its end, got " + tokens.length);
        }
        ids[i] = Arrays.copyOf(tokens, length);
        next[i] = Arrays.copyOfRange(tokens, 1, tokens.length);
    }

    private void putChat(int i, ChatTemplate template, List<Message> chat) {
        if (chat.isEmpty() || chat.getLast().role() != Role.ASSISTANT) {
            throw new DataException(
                    "chat " + i,
                    "expects a last message of the assistant, got "
                            + (chat.isEmpty()
                                    ? "no message"
                                    : "one of " + chat.getLast().role().label()));
        }
        int[] tokens = tokens(template, chat, false);
        put(i, "chat " + i, tokens);
        int[] labels = next[i].clone();
        Arrays.fill(next[i], LanguageModel.IGNORED);
        int end = 0;
        for (int k = 0; k < chat.size(); k++) {
            if (chat.get(k).role() != Role.ASSISTANT) continue;
            int from = common(tokens, tokens(template, chat.subList(0, k), true));
            end = common(tokens, tokens(template, chat.subList(0, k + 1), false));
            if (from < 1 || from >= end) continue; // templates leave some out of earlier answers
            System.arraycopy(labels, from - 1, next[i], from - 1, end - from);
        }
        if (end == tokens.length && next[i][end - 2] != LanguageModel.IGNORED) return;
        throw new DataException(
                "chat " + i, "expects a chat template that writes the last answer after what comes before it");
    }

    private int[] tokens(ChatTemplate template, List<Message> chat, boolean answers) {
        return tokenizer.encodeChat(template.render(chat, answers, Map.of()));
    }

    /// How many tokens two texts begin with alike.
    private static int common(int[] text, int[] other) {
        int differs = Arrays.mismatch(text, other);
        return differs < 0 ? text.length : differs;
    }
}
