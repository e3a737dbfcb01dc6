package dev.neurite.cli.exchange;

import dev.neurite.cli.network.LoadedModel;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.ModelFile;
import dev.neurite.io.PretrainedWeights;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of what is read.
final class ImportOptions {
    static final String INTO = "--into";

    @Option(
            names = "--from",
            paramLabel = "FORMAT",
            description = "The format of the file, where its ending does not tell.")
    private @Nullable String from;

    @Option(
            names = INTO,
            paramLabel = "RUN",
            description = "For a file of weights alone: a run or model file whose network they are for, by their"
                    + " names; it stays as it is.")
    private @Nullable String into;

    @Option(
            names = PixelScale.OPTION,
            paramLabel = "1|255",
            description = "For a model of images that other software has saved: 1 if its training divided pixels by"
                    + " 255, 255 if it took them as they are. Without it the model takes numbers, no images.")
    private @Nullable Integer pixels;

    /// Reads a file; its weights alone become a model of the network that is given.
    /// @throws ConfigException for weights that do not fit the network, or pixels for a model
    /// that takes no images
    Content read(String path) {
        Content content = filled(path);
        return pixels == null
                ? PixelScale.noted(content)
                : PixelScale.of(pixels).of(content);
    }

    /// Refuses all options.
    /// @throws ConfigException if one is given
    void refuseAll() {
        String given = from != null ? "--from" : into != null ? INTO : pixels != null ? PixelScale.OPTION : "";
        if (given.isEmpty()) return;
        throw new ConfigException(given, "expects a run or a model file, got a directory of Hugging Face");
    }

    private Content filled(String path) {
        Content content = Formats.read(path, from);
        if (into == null) return content;
        ModelFile network = LoadedModel.read(into).content();
        PretrainedWeights.Transfer transfer =
                PretrainedWeights.of(content.tensors()).into(network.model());
        if (transfer.loaded().isEmpty()) {
            throw new ModelFormatException(
                    content.where(), "expects tensors with the names and shapes of " + into + ", got " + transfer);
        }
        List<String> notes = new ArrayList<>(content.notes());
        if (!transfer.missing().isEmpty())
            notes.add("Kept from " + into + ": " + String.join(", ", transfer.missing()));
        if (!transfer.misshapen().isEmpty()) {
            notes.add("Kept from " + into + ", of another shape in the file: "
                    + String.join(
                            ", ",
                            transfer.misshapen().stream().map(Object::toString).toList()));
        }
        if (!transfer.unexpected().isEmpty()) {
            notes.add("Not used, as no layer has them: " + String.join(", ", transfer.unexpected()));
        }
        return Content.of(path, network.with(transfer.model()), notes);
    }
}
