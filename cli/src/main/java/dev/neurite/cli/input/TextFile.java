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
import dev.neurite.error.ResourceException;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.data.TextWindows;
import dev.neurite.text.data.Tokens;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// A text file in UTF-8 as rows of tokens, each with the token that follows each position. The last tenth of
/// the text is the test part, from whose beginning on nothing is trained on.
final class TextFile {
    private static final int WINDOW = 128; // tokens
    private static final Pattern LINES = Pattern.compile("(?<=\n)"); // where a line ends

    private TextFile() {}

    /// Whether a file is named as a text.
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
        String text = read(path);
        String training = text.substring(0, trainedOn(text));
        Tokenizer tokenizer = how.tokenizer(TextSettings.CHARACTERS, settings.network(), LINES.splitAsStream(training));
        int length = how.window().orElse(WINDOW);
        TextWindows train = rows(training, tokenizer, length);
        TextWindows test = rows(text.substring(training.length()), tokenizer, length);
        Optional<DataSplit> held = settings.data().validation().isPresent()
                ? Optional.of(train.split(settings.data().validation().getAsDouble()))
                : Optional.empty();
        DataParts parts = held.map(each -> new DataParts(each.train(), Optional.of(each.test()), test))
                .orElseGet(() -> DataParts.of(new DataSplit(train, test)));
        return new LoadedData(
                parts,
                Optional.empty(),
                Map.of(LoadedModel.TOKENIZER, tokenizer.json()),
                remarks(text, training, test, tokenizer),
                splitter(train),
                UnaryOperator.identity());
    }

    private static List<String> remarks(String text, String training, TextWindows test, Tokenizer tokenizer) {
        List<String> remarks = new ArrayList<>();
        remarks.add(Text.format(
                "text   %,d characters, of which the last %,d are the test part   %,d tokens",
                text.length(), text.length() - training.length(), tokenizer.vocabularySize()));
        long unknown = unknown(test, tokenizer);
        if (unknown > 0) {
            remarks.add(Text.format(
                    "note: %,d tokens of the test part are not in the training part, and cannot be predicted",
                    unknown));
        }
        return remarks;
    }

    private static long unknown(TextWindows rows, Tokenizer tokenizer) {
        OptionalInt id = tokenizer.id(LoadedModel.UNKNOWN);
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
    static Dataset rows(Path path, LoadedModel model) {
        return rows(read(path), model.tokenizer(), length(model));
    }

    /// The test part of a model's training.
    static Dataset testPart(Path path, LoadedModel model) {
        String text = read(path);
        return rows(text.substring(trainedOn(text)), model.tokenizer(), length(model));
    }

    private static int length(LoadedModel model) {
        if (model.isOfLanguage())
            return model.model().network().inputs().getFirst().extent(0);
        throw new DataException(
                model.file().toString(), "expects a model of language for a text file, got another one");
    }

    private static TextWindows rows(String text, Tokenizer tokenizer, int length) {
        return TextWindows.of(Tokens.of(tokenizer, text), tokenizer, length);
    }

    /// The length of the part to train on; does not divide a pair of surrogates.
    private static int trainedOn(String text) {
        int end = (int) (text.length() * 9L / 10);
        return end > 0 && Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end;
    }

    private static String read(Path path) {
        try {
            String text = Files.readString(path);
            if (text.isEmpty()) throw new DataException(path.toString(), "expects a text, got an empty file");
            return text;
        } catch (NoSuchFileException e) {
            throw new DataException(path.toString(), "expects a text file, got no such file");
        } catch (CharacterCodingException e) {
            throw new DataException(path.toString(), "expects a text in UTF-8, got other bytes");
        } catch (IOException e) {
            throw new ResourceException(path.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }
}
