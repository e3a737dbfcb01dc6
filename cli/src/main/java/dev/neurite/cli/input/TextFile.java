package dev.neurite.cli.input;

import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.option.TextSettings;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.series.TokenWindows;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.text.BpeTrainer;
import dev.neurite.text.Tokenizer;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// A text file in UTF-8 as rows of tokens, each with the token that follows each position. The last tenth of
/// the text is the test part, from whose beginning on nothing is trained on.
final class TextFile {
    private TextFile() {}

    /// Whether a file is named as a text.
    static boolean isNamedSo(String argument) {
        return argument.toLowerCase(Locale.ROOT).endsWith(".txt");
    }

    /// Reads the text for a training, and learns its tokens.
    static LoadedData load(Path path, TrainSettings settings) {
        TextSettings how = settings.data().texts();
        String text = read(path);
        String training = text.substring(0, trainedOn(text));
        Tokenizer tokenizer = new BpeTrainer(how.vocabulary()).train(Stream.of(training));
        int length = how.length();
        DataSplit split = new DataSplit(
                rows(training, tokenizer, length), rows(text.substring(training.length()), tokenizer, length));
        LoadedData loaded = LoadedData.of(split, settings);
        Map<String, String> notes = new LinkedHashMap<>(loaded.notes());
        notes.put(LoadedModel.TOKENIZER, tokenizer.json());
        return loaded.withNotes(notes);
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
        return model.model().network().inputs().getFirst().extent(0);
    }

    private static Dataset rows(String text, Tokenizer tokenizer, int length) {
        return TokenWindows.of(tokenizer.encode(text).ids(), tokenizer.vocabularySize(), length);
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
