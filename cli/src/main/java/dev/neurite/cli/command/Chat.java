package dev.neurite.cli.command;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.option.GenerationOptions;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.Spelling;
import dev.neurite.llm.GeneratedText;
import dev.neurite.llm.Generation;
import dev.neurite.llm.LanguageModel;
import dev.neurite.llm.chat.Message;
import dev.neurite.llm.chat.Message.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A chat: reads messages and commands line by line, and prints the answers of a model.
final class Chat {
    static final String FULL = "stopped as the context is full, see --shift";

    private static final double MEGABYTE = 1e6;
    private static final List<String> COMMANDS =
            List.of("/help", "/reset", "/system", "/save", "/load", "/stats", "/exit");

    private final Context context;
    private final LanguageModel model;
    private final Generation generation;
    private final boolean interactive;
    private final List<Message> messages = new ArrayList<>();
    private @Nullable GeneratedText last;

    Chat(Context context, LanguageModel model, Generation generation) {
        this.context = context;
        this.model = model;
        this.generation = generation;
        this.interactive = context.io().inIsTerminal() && !context.json();
    }

    /// Sets the system prompt.
    /// @param text blank for none
    void system(String text) {
        if (!messages.isEmpty() && messages.getFirst().role() == Role.SYSTEM) messages.removeFirst();
        if (!text.isBlank()) messages.addFirst(new Message(Role.SYSTEM, text));
    }

    /// Chats until the input ends or a command says so.
    void run() {
        if (!interactive) {
            read();
            return;
        }
        context.note("/help lists the commands, Ctrl-C ends an answer, Ctrl-D the chat");
        try (var _ = new Interrupt(this::remind)) {
            read();
        }
    }

    /// At Ctrl-C without an answer: it would lose the chat.
    private void remind() {
        context.note("\nCtrl-D or /exit ends the chat");
        context.ask("> ");
    }

    private void read() {
        var in = new BufferedReader(new InputStreamReader(context.io().in(), StandardCharsets.UTF_8));
        boolean goesOn = true;
        while (goesOn) {
            if (interactive) context.ask("> ");
            String line = next(in);
            if (line == null) {
                if (interactive) context.note(""); // the line of the prompt
                return;
            }
            if (line.isBlank()) continue;
            try {
                goesOn = take(line.strip());
            } catch (NeuriteException e) {
                if (!interactive) throw e;
                context.errors(false).report(e);
            }
        }
    }

    private static @Nullable String next(BufferedReader in) {
        try {
            return in.readLine();
        } catch (IOException e) {
            throw new ResourceException("standard input", "cannot be read: " + ResourceException.reason(e));
        }
    }

    /// @return whether the chat goes on
    private boolean take(String line) {
        if (!line.startsWith("/")) answer(line);
        else if (line.startsWith("//")) answer(line.substring(1));
        else return command(line);
        return true;
    }

    private boolean command(String line) {
        int space = line.indexOf(' ');
        String name = space < 0 ? line : line.substring(0, space);
        String value = space < 0 ? "" : line.substring(space).strip();
        if (!value.isEmpty() && List.of("/help", "/reset", "/stats", "/exit").contains(name)) {
            throw new ConfigException(name, "expects nothing after it, got '" + value + "'");
        }
        switch (name) {
            case "/help" ->
                context.note("commands: " + String.join(" ", COMMANDS) + "\n/system TEXT sets the system"
                        + " prompt; /save FILE and /load FILE write and read the messages; // begins a message with /");
            case "/reset" -> reset();
            case "/system" -> {
                system(value);
                context.note(value.isEmpty() ? "no system prompt" : "the system prompt is set");
            }
            case "/save" -> {
                SavedChat.write(file(name, value), messages);
                context.note(count(messages.size()) + " in " + value);
            }
            case "/load" -> {
                List<Message> loaded = SavedChat.read(file(name, value));
                messages.clear();
                messages.addAll(loaded);
                context.note(count(messages.size()));
            }
            case "/stats" -> stats();
            case "/exit" -> {
                return false;
            }
            default ->
                throw new ConfigException(
                        name, "expects one of " + String.join(", ", COMMANDS), Spelling.hint(name, COMMANDS));
        }
        return true;
    }

    private static String count(int messages) {
        return messages == 1 ? "1 message" : messages + " messages";
    }

    private static Path file(String command, String name) {
        if (name.isEmpty()) throw new ConfigException(command, "expects the name of a file, got nothing");
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new ConfigException(command, "expects the name of a file: " + e.getReason());
        }
    }

    private void reset() {
        int before = messages.size();
        messages.removeIf(each -> each.role() != Role.SYSTEM);
        context.note(count(before - messages.size()) + " forgotten");
        model.forget();
        last = null;
    }

    private void answer(String text) {
        messages.addLast(new Message(Role.USER, text));
        boolean begun = false;
        GeneratedText answer;
        var stopped = new AtomicBoolean();
        try (var _ = new Interrupt(() -> stopped.set(true))) {
            answer = model.chat(messages, generation, piece -> {
                if (!context.json()) show(piece);
                return !stopped.get();
            });
            begun = !answer.text().isEmpty();
        } catch (DataException wrong) {
            if (!wrong.where().equals("prompt")) throw wrong;
            throw new DataException("the chat", wrong.problem(), GenerationOptions.TOO_LONG + ", or /reset");
        } finally {
            if (!begun) messages.removeLast(); // a question without an answer would stand before the next one
        }
        last = answer;
        if (begun) messages.addLast(new Message(Role.ASSISTANT, answer.text()));
        report(text, answer);
    }

    private void report(String text, GeneratedText answer) {
        if (context.json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("message", text);
            json.put("text", answer.text());
            json.putAll(AnswerJson.of(answer));
            context.printJson(json);
            context.io().out().flush();
            return;
        }
        show("\n");
        if (answer.end() == GeneratedText.End.CANCELLED) context.note("stopped");
        if (isFull(answer, generation)) context.note(FULL + ", or /reset");
        else if (answer.end() == GeneratedText.End.LENGTH) context.note("stopped as it is too long, see --max-tokens");
    }

    /// Whether a text ended as there was no room in the context, before it had all tokens that were asked for.
    static boolean isFull(GeneratedText answer, Generation generation) {
        return answer.end() == GeneratedText.End.LENGTH && answer.tokens().size() < generation.maxTokens();
    }

    /// Prints a piece of an answer at once.
    private void show(String piece) {
        context.io().out().print(context.io().outIsTerminal() ? Console.printable(piece) : piece);
        context.io().out().flush();
    }

    private void stats() {
        GeneratedText of = last;
        if (of == null) {
            context.note("no answer yet");
        } else {
            context.note(Text.format(
                    "prompt  %,d tokens, of which %,d were kept; %.1f tokens a second",
                    of.promptTokens(), of.keptTokens(), AnswerJson.promptSpeed(of)));
            context.note(Text.format(
                    "answer  %,d tokens; %.1f tokens a second", of.tokens().size(), AnswerJson.answerSpeed(of)));
        }
        context.note(Text.format(
                "memory  %,.1f MB of weights and kept texts; context of %,d tokens",
                model.bytes() / MEGABYTE, model.context()));
    }
}
