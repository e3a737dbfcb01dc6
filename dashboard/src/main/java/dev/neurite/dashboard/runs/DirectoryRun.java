package dev.neurite.dashboard.runs;

import dev.neurite.check.Advice;
import dev.neurite.dashboard.view.FirstLossView;
import dev.neurite.dashboard.view.Histograms;
import dev.neurite.dashboard.view.Lines;
import dev.neurite.dashboard.view.NetworkView;
import dev.neurite.dashboard.view.Note;
import dev.neurite.dashboard.view.RunFacts;
import dev.neurite.dashboard.view.RunState;
import dev.neurite.dashboard.view.RunState.Phase;
import dev.neurite.dashboard.view.Series;
import dev.neurite.dashboard.view.StoredAdvice;
import dev.neurite.dashboard.view.Subject;
import dev.neurite.dashboard.view.Tags;
import dev.neurite.dashboard.view.TestScore;
import dev.neurite.dashboard.view.Times;
import dev.neurite.dashboard.view.WatchedRun;
import dev.neurite.data.Dataset;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Loss;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// A run in a directory: one that has ended, or one that another process trains now. Each question
/// reads what is new in its files. Thread-safe.
public final class DirectoryRun implements WatchedRun {
    private static final long RECENT = 15_000; // milliseconds
    private static final String LOSS = "loss";

    private final String id;
    private final RunFiles files;
    private final SubjectReader reader;
    private final Lines lines = new Lines();
    private final Histograms histograms = new Histograms();
    private final Tail metrics;
    private final Tail samples;
    private final NoteFile notes;
    private final Object modelLock = new Object(); // apart from that of the logs: reading a model takes long
    private final Object subjectLock = new Object(); // reading data takes longer
    private volatile SoftReference<ModelFile> model = new SoftReference<>(null);
    private volatile SoftReference<Subject> subject = new SoftReference<>(null);
    private volatile NetworkView network = NetworkView.UNKNOWN;
    private @Nullable Version subjectVersion; // with subjectLock
    private volatile @Nullable Times times;
    private volatile @Nullable Config config;

    /// A file at one moment.
    private record Version(Path file, FileTime changed, long bytes) {
        static Version of(Path file) throws IOException {
            return new Version(file, Files.getLastModifiedTime(file), Files.size(file));
        }
    }

    /// A run of a directory.
    /// @param id its name in addresses
    /// @param reader reads its model and data
    public DirectoryRun(String id, Path directory, SubjectReader reader) {
        this.id = id;
        this.files = new RunFiles(directory);
        this.reader = reader;
        this.metrics = new Tail(files.metrics(), lines::add, this::again);
        this.samples = new Tail(files.histograms(), histograms::add, histograms::clear);
        this.notes = new NoteFile(directory);
    }

    /// Forgets what is known: the log was begun again, perhaps by another training.
    private void again() {
        lines.clear();
        model = new SoftReference<>(null);
        network = NetworkView.UNKNOWN;
    }

    @Override
    public String id() {
        return id;
    }

    public Path directory() {
        return files.directory();
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    private <T> T reading(Reading<T> code) {
        try {
            return code.read();
        } catch (IOException e) {
            throw new ResourceException(id, "cannot be read: " + ResourceException.reason(e));
        }
    }

    private synchronized void refresh() {
        reading(() -> {
            metrics.read();
            samples.read();
            notes.read();
            return id;
        });
    }

    @Override
    public Lines lines() {
        refresh();
        return lines;
    }

    @Override
    public Histograms histograms() {
        refresh();
        return histograms;
    }

    @Override
    public RunState state() {
        refresh();
        Lines.Place place = lines.place();
        Map<String, String> config = config();
        int epochs = integer(config, "epochs");
        long perEpoch = lines.read(DirectoryRun::stepsAnEpoch);
        Phase phase = phase();
        boolean done = phase == Phase.FINISHED;
        double elapsed = place.changed() - place.begun() - pauses(place);
        long steps = perEpoch > 0 && epochs > 0 ? perEpoch * epochs : -1;
        double perStep = place.step() > 1 && elapsed > 0 ? elapsed / place.step() : Double.NaN;
        int batch = integer(config, "batch");
        return new RunState(
                phase,
                place.epoch(),
                done && epochs < place.epoch() ? place.epoch() : epochs,
                place.step(),
                steps,
                perEpoch > 0 && place.step() > 0 ? (int) ((place.step() - 1) % perEpoch + 1) : -1,
                perEpoch > 0 ? (int) perEpoch : -1,
                phase == Phase.TRAINING && steps > 0 ? (steps - place.step()) * perStep : Double.NaN,
                elapsed,
                batch > 0 ? batch / perStep : Double.NaN,
                1000 * perStep,
                -1,
                -1,
                lines.newest("train.").getOrDefault("lr", Double.NaN));
    }

    private record Config(RunFiles.Stamp stamp, Map<String, String> values) {}

    private Map<String, String> config() {
        return reading(() -> {
            RunFiles.Stamp stamp = RunFiles.Stamp.of(files.config());
            Config known = config;
            if (known == null || !known.stamp().equals(stamp)) {
                known = new Config(stamp, files.settings());
                config = known;
            }
            return known.values();
        });
    }

    /// Its settings by path, `optimizer.rate`; empty without a configuration, or if it is larger than 64 kB.
    public Map<String, String> settings() {
        return config();
    }

    /// The directory in which the training was started, to which relative paths of its settings refer; empty if it is
    /// not known.
    public Optional<Path> startedIn() {
        try {
            return RunFiles.text(files.environment(), "directory").map(Path::of);
        } catch (InvalidPathException _) {
            return Optional.empty(); // of another system
        }
    }

    /// The whole number of a setting, wherever in the configuration; −1 if it is not there.
    static int integer(Map<String, String> config, String key) {
        for (Map.Entry<String, String> each : config.entrySet()) {
            String path = each.getKey();
            boolean named = path.equals(key) || path.endsWith("." + key);
            if (named && each.getValue().matches("[0-9]{1,9}")) return Integer.parseInt(each.getValue());
        }
        return -1;
    }

    /// The number of steps of an epoch, by the last line of one that has ended; 0 if none has. Evaluations are at the
    /// end of an epoch; of a long training not each line of the training is kept.
    static long stepsAnEpoch(Map<String, Series> series) {
        for (String name : List.of("val.loss", "test.loss", "train.loss")) {
            Series losses = series.get(name);
            if (losses == null) continue;
            for (int i = losses.size() - 1; i > 0; i--) {
                int before = losses.epoch(i - 1);
                if (losses.epoch(i) != before && before > 0) return Math.ceilDiv(losses.step(i - 1), before);
            }
        }
        return 0;
    }

    private Phase phase() {
        return reading(() -> phase(files, Locks.now()));
    }

    /// What the training of a directory is doing.
    static Phase phase(RunFiles files, Locks locks) throws IOException {
        Optional<Boolean> locked = locks.isLocked(files.directory().resolve(RunFiles.LOCK));
        if (locked.orElse(false)) return Phase.TRAINING; // perhaps of a finished run that goes on
        if (RunFiles.isFile(files.model())) return Phase.FINISHED;
        boolean recent = System.currentTimeMillis() - files.changed() < RECENT;
        return locked.isEmpty() && recent ? Phase.TRAINING : Phase.INTERRUPTED;
    }

    @Override
    public RunFacts facts() {
        Optional<ModelFile> known = modelIfReadable();
        Optional<Subject> seen = subjectIfThere();
        Optional<Subject> shown =
                seen.or(() -> known.map(each -> new Subject(each, "", Optional.empty(), Optional.empty(), -1)));
        Optional<Dataset> data = seen.flatMap(Subject::data);
        boolean validates = lines().read(series -> series.containsKey("val.loss"));
        return facts(new RunFacts.Data(
                "",
                OptionalInt.empty(),
                seen.map(Subject::part).filter(each -> !each.isEmpty()).orElse(validates ? "val" : "test"),
                data.map(each -> OptionalInt.of(each.size())).orElse(OptionalInt.empty()),
                shown.filter(each -> each.input().isKnown())
                        .map(each -> each.input().extents())
                        .orElse(List.of()),
                shown.map(Subject::classNames).orElse(List.of()),
                shown.map(RunFacts::kind).orElse("other"),
                Optional.empty()));
    }

    /// What the directory says about a run, with other knowledge of its data. Reads no model.
    /// @param about the data; its name and hash are those of the directory
    public RunFacts facts(RunFacts.Data about) {
        Map<String, String> config = config();
        Map<String, Object> environment = files.environment();
        Optional<String> hash = environment.get("data_sha256") instanceof JsonObject(Map<String, Json> hashes)
                ? RunFiles.text(hashes, "train")
                : Optional.empty();
        Path file = files.config();
        return new RunFacts(
                id,
                new RunFacts.Data(
                        config.getOrDefault("data.source", ""),
                        about.rows(),
                        about.validationName(),
                        about.validationRows(),
                        about.inputShape(),
                        about.classes(),
                        about.kind(),
                        hash),
                config,
                environment,
                RunFiles.isFile(file) ? command(file) : "");
    }

    /// The command that continues a training that was interrupted, or trains one that was not again.
    private String command(Path config) {
        if (phase() != Phase.INTERRUPTED) return "neurite train " + quoted(config.toString());
        return "neurite train --resume " + quoted(files.directory().toString());
    }

    /// A word as a shell takes it.
    private static String quoted(String word) {
        return word.matches("[\\p{L}\\p{N}_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    // ----------------------------------------------------------------------------------------------------------
    // model

    private Optional<ModelFile> modelIfReadable() {
        try {
            return model();
        } catch (NeuriteException _) {
            return Optional.empty(); // warnings() says why
        }
    }

    /// A model of the run without its data: shapes and notes are the same in all of them.
    private Optional<ModelFile> model() {
        ModelFile known = model.get();
        if (known != null) return Optional.of(known);
        synchronized (modelLock) {
            return reading(() -> {
                Optional<Path> file = files.newestModel();
                if (file.isEmpty()) return Optional.empty();
                ModelFile read = ModelFile.read(file.get(), Catalog.standard());
                model = new SoftReference<>(read);
                return Optional.of(read);
            });
        }
    }

    private Optional<Subject> subjectIfThere() {
        return Optional.ofNullable(subject.get());
    }

    @Override
    public NetworkView network() {
        NetworkView known = network;
        if (!known.nodes().isEmpty()) return known;
        NetworkView drawn = modelIfReadable()
                .map(each -> NetworkView.of(each.model().network()))
                .orElse(NetworkView.UNKNOWN);
        network = drawn;
        return drawn;
    }

    @Override
    public Subject subject() throws RefusedException {
        Optional<Path> file = reading(files::newestModel);
        if (file.isEmpty()) {
            throw new RefusedException("The run has no model yet: the first checkpoint is written at the end of an"
                    + " epoch, and the model at the end of the training.");
        }
        synchronized (subjectLock) {
            return reading(() -> {
                Version version = Version.of(file.get());
                Subject known = subject.get();
                if (known == null || !version.equals(subjectVersion)) {
                    known = reader.read(file.get());
                    subject = new SoftReference<>(known);
                    subjectVersion = version;
                }
                return known;
            });
        }
    }

    @Override
    public Optional<FirstLossView> firstLoss() {
        double first = lines().read(series -> {
            Series losses = series.get("train.loss");
            return losses == null || losses.step(0) > 1000 ? Double.NaN : losses.value(0);
        });
        Optional<ModelFile> known = modelIfReadable();
        if (Double.isNaN(first) || known.isEmpty()) return Optional.empty();
        var shown = new Subject(known.get(), "", Optional.empty(), Optional.empty(), -1);
        return loss(known.get())
                .flatMap(
                        loss -> FirstLossView.of(first, loss, shown.classNames().size()));
    }

    private static Optional<Loss> loss(ModelFile file) {
        String note = file.notes().get(LOSS);
        try {
            return note == null
                    ? Optional.empty()
                    : Optional.of(Catalog.standard().read(LOSS, Loss.class, note));
        } catch (NeuriteException _) {
            return Optional.empty(); // a loss of the user's own
        }
    }

    @Override
    public List<Advice> advice() {
        return StoredAdvice.read(files.advice());
    }

    @Override
    public List<Note> notes() {
        refresh();
        synchronized (this) {
            return notes.notes();
        }
    }

    private synchronized double pauses(Lines.Place until) {
        return notes.pauses(until.begun(), until.changed());
    }

    /// The time of the newest line of its log in seconds since 1970; NaN without lines. Reads the beginning and
    /// the end of the log only.
    public double changed() {
        return reading(() -> RunDirectories.ends(files.metrics()))
                .lines()
                .place()
                .changed();
    }

    /// Warnings about the logs alone.
    public List<String> warningsOfLogs() {
        refresh();
        synchronized (this) {
            long odd = metrics.unreadable() + samples.unreadable() + notes.unreadable();
            if (odd == 0) return List.of();
            String lines = odd == 1
                    ? "A line of the logs cannot be read, and is"
                    : odd + " lines of the logs cannot be read, and are";
            return List.of(lines + " left out.");
        }
    }

    @Override
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>(warningsOfLogs());
        for (String each : reading(files::tooLarge)) {
            warnings.add(each + " is larger than 64 kB, and is not shown.");
        }
        files.unreadable().forEach(each -> warnings.add(each + " cannot be read, and is not shown."));
        try {
            model();
        } catch (NeuriteException e) {
            warnings.add("The model cannot be read: " + e.getMessage());
        }
        return warnings;
    }

    @Override
    public Optional<TestScore> testScore() {
        return TestFile.read(files.directory());
    }

    @Override
    public Tags tags() {
        return TagFile.read(files.directory());
    }

    @Override
    public boolean keepsTags() {
        return true;
    }

    @Override
    public void tag(Tags tags) {
        try {
            TagFile.write(files.directory(), tags);
        } catch (IOException e) {
            throw new ResourceException(id + "/" + TagFile.NAME, "cannot be written: " + ResourceException.reason(e));
        }
    }

    @Override
    public List<CheckpointFile> checkpoints() {
        return reading(files::checkpoints);
    }

    @Override
    public Optional<Path> checkpoint(String name) {
        return reading(() -> files.checkpoint(name));
    }

    @Override
    public List<Action> controls() {
        return List.of();
    }

    @Override
    public RunState control(Command command) throws RefusedException {
        throw new RefusedException("Only the process that trains can " + command.action() + " a run.");
    }

    /// Measures a few steps of a copy of the model, once.
    @Override
    public Optional<Times> times() {
        Times known = times;
        if (known != null) return Optional.of(known);
        try {
            Optional<Times> measured = Times.measured(subject());
            measured.ifPresent(each -> times = each);
            return measured;
        } catch (RefusedException _) {
            return Optional.empty();
        }
    }

    /// The criterion that a model file notes; empty for none, or one of the user's own.
    public static Optional<Criterion> criterion(ModelFile file) {
        return loss(file).map(each -> each);
    }
}
