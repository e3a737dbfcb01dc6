package dev.neurite.cli.input;

import dev.neurite.cli.console.Text;
import dev.neurite.cli.input.LoadedData.Origin;
import dev.neurite.cli.network.ForeignFile;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.option.DataOptions;
import dev.neurite.cli.option.TableSettings;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.data.DataHash;
import dev.neurite.data.Dataset;
import dev.neurite.data.image.ImageInput;
import dev.neurite.datasets.DataDirectory;
import dev.neurite.datasets.DatasetProvider;
import dev.neurite.datasets.Datasets;
import dev.neurite.datasets.ImageFile;
import dev.neurite.datasets.ImageFolder;
import dev.neurite.datasets.TableFiles;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.predict.Forecaster;
import dev.neurite.tensor.Shape;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// DATA on a command line: a data set by name, a directory (see [DataDirectory]), a NumPy file, a table (see
/// [TableFiles]) or a text.
public sealed interface DataSource {
    /// The number of bytes that tell a file's format.
    int BEGINNING = 8;

    /// Finds data without loading it. The name of a data set wins over a file or directory of that name, which is
    /// `./name`, so that the name in a run means the same in every directory.
    /// @throws dev.neurite.error.ConfigException for an unknown name, and for a model
    /// @throws DataException for an image
    static DataSource of(String argument) {
        boolean named = Datasets.names().contains(argument);
        if (!named && !isPath(argument)) throw unknown(argument);
        if (named) return new Named(argument, Datasets.provider(argument));
        ForeignFile.refuseAsData(argument, "data");
        Path path = Path.of(argument);
        if (TextFile.isNamedSo(argument)) return new TextSource(argument, path);
        refuseImage(path);
        boolean table =
                (TableFiles.isNamedSo(argument) || (isText(path) && !isNumpy(argument))) && !Files.isDirectory(path);
        return table ? new TableSource(argument, path) : new Directory(argument, path);
    }

    private static void refuseImage(Path path) {
        if (!Files.isRegularFile(path)) return;
        try (InputStream in = Files.newInputStream(path)) {
            byte[] start = in.readNBytes(BEGINNING);
            if (!ImageFile.isImage(start) && !ImageFile.isOtherImage(start)) return;
        } catch (IOException _) {
            return; // reported when it is read
        }
        throw new DataException(
                path.toString(), "expects data with classes, got an image", "Images are in a directory for each class");
    }

    private static boolean isPath(String argument) {
        try {
            boolean looksSo = argument.contains("/") || argument.contains(File.separator) || argument.startsWith(".");
            return !argument.isEmpty()
                    && (looksSo
                            || TableFiles.isNamedSo(argument)
                            || isNumpy(argument)
                            || TextFile.isNamedSo(argument)
                            || Files.exists(Path.of(argument)));
        } catch (InvalidPathException _) {
            return false;
        }
    }

    /// Reads data with errors that name the file, which not all of the library knows.
    /// @param files the files that are read; the first is named if an error names none
    private static <T> T located(List<String> files, Supplier<T> read) {
        try {
            return read.get();
        } catch (DataException fault) {
            if (files.stream().anyMatch(fault.where()::contains)) throw fault;
            throw new DataException(files.getFirst() + ", " + fault.where(), fault.problem(), fault.hint());
        }
    }

    private static boolean isNumpy(String argument) {
        return argument.toLowerCase(Locale.ROOT).endsWith(".npz");
    }

    /// Whether a file may be text: it is neither gzipped nor an IDX file.
    private static boolean isText(Path path) {
        if (!Files.isRegularFile(path)) return false;
        try (InputStream in = Files.newInputStream(path)) {
            int first = in.read();
            return first != 0 && first != 0x1f;
        } catch (IOException _) {
            return true; // reported when it is read
        }
    }

    /// The last name of a path, with characters that are safe in the name of a run.
    static String plain(Path path) {
        Path last = path.toAbsolutePath().normalize().getFileName();
        return String.valueOf(last).replaceAll("[^A-Za-z0-9._-]+", "-");
    }

    /// The text on the command line.
    String text();

    /// The name in the directory of a run.
    String name();

    /// The names of the columns; empty if the data has none.
    default List<String> features() {
        return List.of();
    }

    /// The files that are read, and directories for the files in them; none for a data set by name.
    default List<Path> read() {
        return switch (this) {
            case Named _ -> List.of();
            case Directory directory -> List.of(directory.path());
            case TextSource text -> List.of(text.path());
            case TableSource table -> List.of(table.path());
        };
    }

    /// Reads the data for a training.
    /// @throws ConfigException for settings of other kinds of data
    /// @throws dev.neurite.error.DataException if files are missing or damaged
    LoadedData load(TrainSettings settings);

    /// Reads the data to evaluate a model on.
    /// @param notes takes notes and warnings
    /// @throws dev.neurite.error.DataException if files are missing or damaged, or are not what the model takes
    Dataset load(LoadedModel model, Consumer<String> notes);

    /// Reads the test part of a model's training.
    /// @param notes takes notes and warnings
    /// @throws dev.neurite.error.DataException if files are missing or damaged, or are not what the model takes
    default Dataset testPart(LoadedModel model, Consumer<String> notes) {
        return load(model, notes);
    }

    private static void refuseTableModel(LoadedModel model, String text) {
        if (model.input().takesPixels()) return;
        throw new DataException(
                text,
                "expects a table with the columns that the model was trained on, got other data",
                "It takes "
                        + String.join(
                                ", ",
                                model.preprocessing().orElseThrow().inputColumns().stream()
                                        .limit(12)
                                        .toList()));
    }

    /// The data with the model's labels: classes are matched by name.
    private static Dataset ofClasses(Dataset data, LoadedModel model, String text) {
        List<String> classes = model.classNames();
        Shape shape = model.model().network().inputs().getFirst();
        boolean fits =
                data.isLabeled() && (!shape.isKnown() || data.inputShape().size() == shape.size());
        if (classes.isEmpty() || !fits) return data; // reported later, where it does not fit
        try {
            return data.withClasses(classes);
        } catch (DataException unknown) {
            throw new DataException(
                    text + ", " + unknown.where(),
                    unknown.problem(),
                    "A model can only be evaluated on classes that it was trained on; they are matched by name");
        }
    }

    private static ConfigException unknown(String argument) {
        try {
            Datasets.provider(argument);
            throw new IllegalStateException("known: " + argument);
        } catch (ConfigException unknown) {
            return new ConfigException(
                    unknown.where(),
                    unknown.problem().replace(", got '", ", or an existing file or directory, got '"),
                    unknown.hint());
        }
    }

    /// Refuses settings of images for other data.
    private static void refuseImages(TrainSettings settings, String text) {
        ImageInput images = settings.data().images();
        if (images.equals(ImageInput.USUAL)) return;
        throw new ConfigException(
                images.isSized()
                        ? DataOptions.IMAGE_SIZE
                        : images.isResized() ? DataOptions.IMAGE_FIT : DataOptions.GRAY,
                "expects a directory of PNG or JPEG images, got " + text);
    }

    record Named(String text, DatasetProvider provider) implements DataSource {
        @Override
        public String name() {
            return text;
        }

        @Override
        public List<String> features() {
            return provider.featureNames();
        }

        @Override
        public LoadedData load(TrainSettings settings) {
            settings.data().table().refuseFor(text);
            settings.data().texts().refuseFor(text, false);
            refuseImages(settings, text);
            LoadedData loaded = LoadedData.of(provider.load(), settings).from(new Origin(true, Optional.empty()));
            return shadows() ? loaded.withRemark("note: " + shadowed()) : loaded;
        }

        @Override
        public Dataset load(LoadedModel model, Consumer<String> notes) {
            refuseTableModel(model, text);
            if (shadows()) notes.accept("note: " + shadowed());
            return ofClasses(provider.load().test(), model, text);
        }

        /// Whether a file or directory has the name of the data set.
        private boolean shadows() {
            return Files.exists(Path.of(text));
        }

        private String shadowed() {
            return text + " is the data set of that name; the file or directory of that name is ./" + text;
        }
    }

    /// A directory, or a NumPy file.
    record Directory(String text, Path path) implements DataSource {
        private static final int LARGEST_KEPT = 128; // pixels of a side
        private static final int USUAL_SIDE = 64;
        private static final int LEAST_SPLIT = 5; // rows of which a fifth is a test part

        @Override
        public String name() {
            return plain(path);
        }

        @Override
        public LoadedData load(TrainSettings settings) {
            settings.data().table().refuseFor(text);
            settings.data().texts().refuseFor(text, false);
            return located(List.of(path.toString()), () -> {
                if (DataDirectory.isOfImages(path)) return images(settings);
                refuseImages(settings, text);
                return LoadedData.of(DataDirectory.load(path, ImageInput.USUAL), settings)
                        .from(new Origin(DataDirectory.isStandard(path), Optional.empty()));
            });
        }

        private LoadedData images(TrainSettings settings) {
            ImageInput chosen = settings.data().images();
            Optional<Shape> common = chosen.isSized() ? Optional.empty() : ImageFolder.commonSize(path);
            boolean resized =
                    !chosen.isSized() && common.filter(Directory::isSmall).isEmpty();
            ImageInput how = resized ? chosen.resized(USUAL_SIDE, USUAL_SIDE) : chosen;
            LoadedData loaded =
                    LoadedData.of(ImageFolder.load(path, how), settings).from(new Origin(false, Optional.of(how)));
            if (!resized) return loaded;
            return loaded.withRemark("note: the images are "
                    + common.map(size -> "of " + size.extent(0) + "×" + size.extent(1) + " pixels")
                            .orElse("of different sizes")
                    + ", and are resized to " + USUAL_SIDE + "×" + USUAL_SIDE + " (" + how.note() + "). Others: "
                    + DataOptions.IMAGE_SIZE + ", " + DataOptions.IMAGE_FIT);
        }

        private static boolean isSmall(Shape size) {
            return Math.max(size.extent(0), size.extent(1)) <= LARGEST_KEPT;
        }

        @Override
        public Dataset load(LoadedModel model, Consumer<String> notes) {
            return read(
                    model,
                    how -> DataDirectory.whole(path, how)
                            .map(all -> unseen(all, model, notes))
                            .orElseGet(() -> DataDirectory.load(path, how).test()));
        }

        @Override
        public Dataset testPart(LoadedModel model, Consumer<String> notes) {
            return read(model, how -> DataDirectory.load(path, how).test());
        }

        private Dataset read(LoadedModel model, Function<ImageInput, Dataset> rows) {
            refuseTableModel(model, text);
            ImageInput how = DataDirectory.isOfImages(path) ? model.input().images() : ImageInput.USUAL;
            return ofClasses(located(List.of(path.toString()), () -> rows.apply(how)), model, text);
        }

        /// The test part of the rows that the model was trained on; of others all.
        private Dataset unseen(Dataset all, LoadedModel model, Consumer<String> notes) {
            boolean named = TableEvaluationData.isTrainedOn(path, model);
            Optional<String> hash = RecordedEnvironment.dataHash(model.file(), RecordedEnvironment.TEST);
            if (all.size() < LEAST_SPLIT || !(named || hash.isPresent())) return all;
            Dataset test = DataDirectory.split(all).test();
            boolean same = hash.map(DataHash.sha256(test)::equals).orElse(named);
            if (same) {
                notes.accept(Text.format(
                        "note: the run was trained on %s, so only its test part is used, %,d of %,d rows",
                        text, test.size(), all.size()));
                return test;
            }
            if (named) {
                notes.accept("warning: " + text
                        + " has changed since the training; some of these rows may have been trained on");
            }
            return all;
        }
    }

    /// A text, for a model of language.
    record TextSource(String text, Path path) implements DataSource {
        @Override
        public String name() {
            return plain(path).replaceFirst("\\.[A-Za-z]+$", "");
        }

        @Override
        public LoadedData load(TrainSettings settings) {
            settings.data().table().refuseFor(text);
            refuseImages(settings, text);
            return located(List.of(path.toString()), () -> TextFile.load(path, settings));
        }

        @Override
        public Dataset load(LoadedModel model, Consumer<String> notes) {
            return located(List.of(path.toString()), () -> TextFile.rows(path, model, notes));
        }

        @Override
        public Dataset testPart(LoadedModel model, Consumer<String> notes) {
            return located(List.of(path.toString()), () -> TextFile.testPart(path, model));
        }
    }

    /// A table.
    record TableSource(String text, Path path) implements DataSource {
        @Override
        public String name() {
            return plain(path).replaceFirst("(?i)\\.gz$", "").replaceFirst("\\.[A-Za-z]+$", "");
        }

        @Override
        public LoadedData load(TrainSettings settings) {
            refuseImages(settings, text);
            TableSettings table = settings.data().table();
            if (table.text().isEmpty()) {
                settings.data().texts().refuseFor(text, table.series().isPresent());
            }
            return located(files(table.test()), () -> {
                if (table.text().isPresent()) {
                    return TableOfTexts.load(path, settings, table.text().get());
                }
                return table.series().isPresent()
                        ? new SeriesTrainingData(path, settings, table.series().get()).load()
                        : new TableTrainingData(path, settings).load();
            });
        }

        @Override
        public Dataset load(LoadedModel model, Consumer<String> notes) {
            if (model.takesTextsAlone()) {
                return located(files(Optional.empty()), () -> TableOfTexts.load(text, path, model, notes));
            }
            Optional<Forecaster> forecaster = model.forecaster();
            return located(
                    files(Optional.empty()),
                    () -> forecaster.isPresent()
                            ? SeriesEvaluationData.load(text, path, model, forecaster.get(), notes)
                            : TableEvaluationData.load(text, path, model, notes));
        }

        @Override
        public Dataset testPart(LoadedModel model, Consumer<String> notes) {
            Optional<String> test = model.testFile();
            if (model.takesTextsAlone()) {
                return located(files(test), () -> TableOfTexts.testPart(path, model, notes));
            }
            Optional<Forecaster> forecaster = model.forecaster();
            return located(
                    files(test),
                    () -> forecaster.isPresent()
                            ? SeriesEvaluationData.testPart(path, model, forecaster.get(), notes)
                            : TableEvaluationData.testPart(text, path, model, notes));
        }

        private List<String> files(Optional<String> test) {
            return Stream.concat(Stream.of(path.toString()), test.stream()).toList();
        }
    }
}
