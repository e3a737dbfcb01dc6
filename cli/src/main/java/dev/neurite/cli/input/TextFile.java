package dev.neurite.cli.input;

import dev.neurite.cli.console.Text;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.option.DataOptions;
import dev.neurite.cli.option.TextSettings;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.data.DataParts;
import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.io.TextLines;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.data.TextWindows;
import dev.neurite.text.data.Tokens;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// A text file in UTF-8 as rows of tokens, each with the token that follows each position. The last tenth of
/// the text is the test part, from whose beginning on nothing is trained on.
final class TextFile {
    private static final int WINDOW = 128; // tokens
    private static final int SHORTEST = 3; // characters

    private TextFile() {}

    static boolean isNamedSo(String argument) {
        return argument.toLowerCase(Locale.ROOT).endsWith(".txt");
    }

    /// Reads the text for a training, and learns its tokens.
    static LoadedData load(Path path, TrainSettings settings) {
        TextSettings how = settings.data().texts();
        if (how.tokens().equals(Optional.of(TextSettings.WORDS))) {
            throw new ConfigException(
                    DataOptions.TOKENS,
                    "expects " + TextSettings.CHARACTERS + " or a number for a text file, got words",
                    "Words do not tell what is between them, so that a text could not go on");
        }
        Part text = Part.whole(path);
        if (text.length() < SHORTEST) {
            throw new DataException(
                    path.toString(),
                    Text.format("expects a text of at least %,d characters, got %,d", SHORTEST, text.length()),
                    "A tenth of it is the test part, and of both parts each token is to be said from those before");
        }
        Part training = text.training();
        Tokenizer tokenizer = how.tokenizer(TextSettings.CHARACTERS, settings.network(), training.lines());
        int length = how.window().orElseGet(() -> settings.network().window().orElse(WINDOW));
        TextWindows train = rows(training, tokenizer, length);
        TextWindows test = rows(text.test(), tokenizer, length);
        Optional<DataSplit> held = settings.data().validation().isPresent()
                ? Optional.of(train.split(settings.data().validation().getAsDouble()))
                : Optional.empty();
        DataParts parts = held.map(each -> new DataParts(each.train(), Optional.of(each.test()), test))
                .orElseGet(() -> DataParts.of(new DataSplit(train, test)));
        return new LoadedData(
                parts,
                Optional.empty(),
                Map.of(),
                remarks(text, training, train, test, tokenizer),
                splitter(train),
                UnaryOperator.identity());
    }

    private static List<String> remarks(
            Part text, Part training, TextWindows train, TextWindows test, Tokenizer tokenizer) {
        List<String> remarks = new ArrayList<>();
        remarks.add(Text.format(
                "text   %,d characters, of which the last %,d are the test part   %,d tokens",
                text.length(), text.length() - training.length(), tokenizer.vocabularySize()));
        if (train.isMapped()) {
            remarks.add("note: the tokens are kept in a temporary file, as they would fill the heap");
        }
        long unknown = unknown(test, tokenizer);
        if (unknown > 0) {
            remarks.add(Text.format(
                    "note: %,d tokens of the test part are not in the training part, and cannot be predicted",
                    unknown));
        }
        return remarks;
    }

    private static long unknown(TextWindows rows, Tokenizer tokenizer) {
        OptionalInt id = tokenizer.id(Tokenizer.UNKNOWN);
        if (id.isEmpty()) return 0;
        int[] labels = new int[rows.targetShape().size()];
        long count = 0;
        for (int row = 0; row < rows.size(); row++) {
            rows.readLabels(row, labels, 0);
            count += Arrays.stream(labels).filter(each -> each == id.getAsInt()).count();
        }
        return count;
    }

    /// Holds out the last part of the text.
    private static LoadedData.Splitter splitter(TextWindows train) {
        return new LoadedData.Splitter() {
            @Override
            public DataSplit holdout(Dataset data, double share, long seed) {
                return train.split(share);
            }

            @Override
            public List<DataSplit> folds(Dataset data, int count, long seed) {
                return DataSplit.kFold(data, count, seed);
            }
        };
    }

    /// The whole text, for a model of language.
    static Dataset rows(Path path, LoadedModel model, Consumer<String> notes) {
        Tokenizer tokenizer = model.tokenizer();
        TextWindows rows = rows(Part.whole(path), tokenizer, length(model));
        long unknown = unknown(rows, tokenizer);
        if (unknown > 0) {
            notes.accept(Text.format(
                    "warning: %,d tokens of the text were not in that of the training, and cannot be predicted",
                    unknown));
        }
        return rows;
    }

    static Dataset testPart(Path path, LoadedModel model) {
        return rows(Part.whole(path).test(), model.tokenizer(), length(model));
    }

    private static int length(LoadedModel model) {
        if (model.isOfLanguage())
            return model.model().network().inputs().getFirst().extent(0);
        throw new DataException(
                model.file().toString(),
                "expects a model of language for a text file, got one that "
                        + model.signature().words());
    }

    private static TextWindows rows(Part text, Tokenizer tokenizer, int length) {
        return TextWindows.of(Tokens.of(tokenizer, text.lines()), tokenizer, length);
    }

    /// The characters of a text file from one to another, which are read whenever they are needed.
    private record Part(Path file, long from, long to) {
        static Part whole(Path file) {
            var characters = new long[1];
            TextLines.read(file, line -> characters[0] += line.length());
            if (characters[0] == 0) throw new DataException(file.toString(), "expects a text, got an empty file");
            return new Part(file, 0, characters[0]);
        }

        long length() {
            return to - from;
        }

        /// The first nine tenths, unless that divides a pair of surrogates.
        Part training() {
            long end = to / 10 * 9 + to % 10 * 9 / 10;
            boolean divides =
                    new Part(file, end - 1, end).lines().anyMatch(each -> Character.isHighSurrogate(each.charAt(0)));
            return new Part(file, from, divides ? end - 1 : end);
        }

        /// What follows the training part.
        Part test() {
            return new Part(file, training().to, to);
        }

        Stream<String> lines() {
            return Stream.of(file).mapMulti((path, lines) -> {
                var place = new long[1];
                TextLines.read(path, line -> {
                    int first = Math.clamp(from - place[0], 0, line.length());
                    int last = Math.clamp(to - place[0], 0, line.length());
                    place[0] += line.length();
                    if (first < last) lines.accept(line.substring(first, last));
                });
            });
        }
    }
}
