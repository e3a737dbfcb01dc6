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
            ModelTokenizer tokenizer,
            ChatTemplate template,
            int context,
            int vocabulary,
            List<List<Message>> chats,
            Map<String, ?> more) {
        var all = new TextExamples(tokenizer, context, vocabulary, chats.size());
        for (int i = 0; i < chats.size(); i++) all.putChat(i, template, chats.get(i), more);
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
            throw new DataException(where, "expects 2 to " + (context + 1L) + " tokens, got " + tokens.length);
        }
        ids[i] = Arrays.copyOf(tokens, length);
        next[i] = Arrays.copyOfRange(tokens, 1, tokens.length);
    }

    /// An answer begins where the model is asked for it, and ends with the first token that ends a text.
    private void putChat(int i, ChatTemplate template, List<Message> chat, Map<String, ?> more) {
        String where = "chat " + i;
        if (chat.size() < 2 || chat.getLast().role() != Role.ASSISTANT) {
            throw new DataException(
                    where,
                    "expects messages whose last one is of the assistant, got "
                            + chat.stream().map(each -> each.role().label()).toList());
        }
        String text = render(where, template, chat, false, more);
        int[] tokens = tokenizer.encodeChat(text);
        put(i, where, tokens);
        int[] labels = next[i].clone();
        Arrays.fill(next[i], LanguageModel.IGNORED);
        int to = 1; // after the answer before
        for (int k = 1; k < chat.size(); k++) {
            if (chat.get(k).role() != Role.ASSISTANT) continue;
            String before = render(where, template, chat.subList(0, k), true, more);
            int from = common(tokens, tokenizer.encodeChat(before));
            int end = end(tokens, from);
            boolean isLast = k == chat.size() - 1;
            if (!text.startsWith(before) || from < to || (end < 0 && !isLast)) {
                throw new DataException(
                        where + ", message " + k,
                        "expects a chat template that asks for an answer as it writes it, and ends it with a token",
                        "Give this chat without the messages that the template writes in another way, such as a system"
                                + " message, or in parts with one answer each");
            }
            to = end < 0 ? tokens.length : end;
            if (to == from) {
                throw new DataException(
                        where + ", message " + k, "expects an answer of at least one token, got none", "Leave it out");
            }
            System.arraycopy(labels, from - 1, next[i], from - 1, to - from);
        }
    }

    /// What follows the first token from a place on that ends a text; −1 without one.
    private int end(int[] tokens, int from) {
        for (int i = from; i < tokens.length; i++) if (tokenizer.ends().contains(tokens[i])) return i + 1;
        return -1;
    }

    private static String render(
            String where, ChatTemplate template, List<Message> chat, boolean asks, Map<String, ?> more) {
        try {
            return template.render(chat, asks, more);
        } catch (DataException e) {
            var named = new DataException(where + ", " + e.where(), e.problem(), e.hint());
            named.initCause(e);
            throw named;
        }
    }

    /// How many tokens two texts begin with alike.
    private static int common(int[] text, int[] other) {
        int differs = Arrays.mismatch(text, other);
        return differs < 0 ? text.length : differs;
    }
}
