package dev.neurite.dashboard.live;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.dashboard.runs.DirectoryRun;
import dev.neurite.dashboard.runs.NoteFile;
import dev.neurite.dashboard.view.Note;
import dev.neurite.dashboard.view.RunState.Phase;
import dev.neurite.dashboard.view.Subject;
import dev.neurite.dashboard.view.Tags;
import dev.neurite.dashboard.view.WatchedRun.Action;
import dev.neurite.dashboard.view.WatchedRun.CheckpointFile;
import dev.neurite.dashboard.view.WatchedRun.Command;
import dev.neurite.dashboard.view.WatchedRun.RefusedException;
import dev.neurite.data.DataSplit;
import dev.neurite.datasets.Iris;
import dev.neurite.io.ModelFile;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizers;
import dev.neurite.train.Callback;
import dev.neurite.train.EarlyStopping;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A training that is watched, without HTTP.
@Timeout(60)
class LiveTrainingTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final DataSplit iris = Iris.load();
    private final Model model = Model.of(features(4), dense(16, RELU), dense(3, SOFTMAX));
    private final CompletableFuture<LiveTraining> begun = new CompletableFuture<>();
    private volatile boolean fails;

    private Trainer trainer(int epochs) {
        return Trainer.of(model)
                .loss(Losses.crossEntropy())
                .optimizer(Optimizers.adam(0.01))
                .batchSize(16)
                .epochs(epochs)
                .threads(1);
    }

    private Callback watching(LiveSettings settings, Duration patience) {
        return training -> {
            var live = new LiveTraining("live", settings, Optional.empty(), Optional.empty(), training, patience);
            begun.complete(live);
            return live.observer();
        };
    }

    private Callback watching() {
        return watching(LiveSettings.USUAL, LONG);
    }

    private Run fit(Trainer trainer) {
        return trainer.fit(iris.train(), iris.test());
    }

    private CompletableFuture<Run> start(Trainer trainer) {
        return CompletableFuture.supplyAsync(
                () -> fit(trainer), task -> Thread.ofPlatform().daemon().start(task));
    }

    private LiveTraining live() throws Exception {
        return begun.get(20, TimeUnit.SECONDS);
    }

    /// A callback that lets the training take a step only when it is told to.
    private static Callback held(Semaphore steps) {
        return _ -> event -> {
            if (event instanceof TrainingEvent.StepEnded) steps.acquireUninterruptibly();
        };
    }

    private static Command command(Action action) {
        return new Command(action, 0.125, 1);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) throw new AssertionError("the training did not come to this state");
            Thread.sleep(5);
        }
    }

    @Test
    void theBeginningCopiesNoModel() {
        List<Model> formed = new ArrayList<>();
        LiveSettings settings = LiveSettings.USUAL.withForm(of -> {
            formed.add(of);
            return new ModelFile(of, Map.of());
        });
        Trainer trainer = trainer(1);
        fit(trainer.callback(watching(settings, LONG)));
        assertThat(formed).hasSize(2);
        assertThat(formed.getFirst()).isSameAs(trainer.model()); // for the structure
        assertThat(formed.getLast()).isNotEqualTo(trainer.model()); // the result
    }

    /// A model file, or an Error when [#fails].
    private ModelFile form(Model of) {
        if (fails) throw new OutOfMemoryError("thrown by a test");
        return new ModelFile(of, Map.of());
    }

    @Test
    void theResultIsLookedAtOnTheTestPart() throws Exception {
        var steps = new Semaphore(3);
        DataSplit parts = Iris.load();
        LiveSettings settings = LiveSettings.USUAL.withTest(parts.test());
        CompletableFuture<Run> run = CompletableFuture.supplyAsync(
                () -> trainer(100)
                        .callback(held(steps))
                        .callback(watching(settings, LONG))
                        .fit(parts.train(), parts.train()),
                task -> Thread.ofPlatform().daemon().start(task));
        LiveTraining live = live();
        await(() -> live.state().step() == 3);
        assertThat(live.parts()).containsExactly("val");
        CompletableFuture<Subject> early = CompletableFuture.supplyAsync(() -> {
            try {
                return live.subject();
            } catch (RefusedException e) {
                throw new IllegalStateException(e);
            }
        });
        await(() -> {
            if (!early.isDone()) steps.release();
            return early.isDone();
        });
        assertThat(early.get().part()).isEqualTo("val");
        steps.release(1000);
        run.get(20, TimeUnit.SECONDS);
        await(live::isOver);
        assertThat(live.parts()).containsExactly("test", "val");
        assertThat(live.subject().part()).isEqualTo("test");
        assertThat(live.subject().data()).contains(parts.test());
        assertThat(live.subject("val").data()).contains(parts.train());
        assertThat(live.subject("test")).isSameAs(live.subject());
        assertThatThrownBy(() -> live.subject("other")).isInstanceOf(RefusedException.class);
        assertThat(live.keepsTags()).isFalse();
        assertThatThrownBy(() -> live.tag(Tags.NONE)).isInstanceOf(RefusedException.class);
    }

    @Test
    void theModelIsTheOneThatEarlyStoppingChose() throws Exception {
        Run run = fit(trainer(500)
                .optimizer(Optimizers.adam(0.1))
                .callback(watching())
                .callback(new EarlyStopping(1)));
        assertThat(run.stopReason().orElseThrow()).contains("was best in epoch");
        assertThat(run.model()).isNotEqualTo(run.last());
        assertThat(live().subject().model()).isEqualTo(run.model());
        assertThat(live().state().phase()).isEqualTo(Phase.FINISHED);
    }

    @Test
    void tooLittleMemoryForACopyNeverEndsTheTraining() throws Exception {
        var steps = new Semaphore(3);
        CompletableFuture<Run> run = start(
                trainer(100).callback(held(steps)).callback(watching(LiveSettings.USUAL.withForm(this::form), LONG)));
        LiveTraining live = live();
        await(() -> live.state().step() == 3);
        CompletableFuture<Subject> early = CompletableFuture.supplyAsync(() -> {
            try {
                return live.subject();
            } catch (RefusedException e) {
                throw new IllegalStateException(e);
            }
        });
        while (!early.isDone()) {
            steps.release();
            Thread.sleep(5);
            if (live.isOver()) break;
        }
        fails = true;
        steps.release(1_000_000);
        Model trained = run.get(20, TimeUnit.SECONDS).model();
        assertThat(trained).isEqualTo(fit(trainer(100)).model());
        assertThatThrownBy(live::subject).isInstanceOf(RefusedException.class); // not the model of an earlier step
        assertThat(live.state().phase()).isEqualTo(Phase.FINISHED);
        assertThat(live.notes().toString()).contains("The page cannot show the model: there is too little memory.");
    }

    @Test
    void anErrorInAnAnswerGoesToWhoAsked() throws Exception {
        CompletableFuture<Run> run =
                start(trainer(1_000_000).callback(watching(LiveSettings.USUAL.withForm(this::form), LONG)));
        LiveTraining live = live();
        fails = true;
        assertThatThrownBy(live::subject)
                .isInstanceOf(RefusedException.class)
                .hasMessage("There is too little memory for this.");
        fails = false;
        assertThat(live.subject().step()).isNotNegative();
        live.control(command(Action.STOP));
        assertThat(run.get(20, TimeUnit.SECONDS).stopReason()).contains("stopped on the page");
    }

    @Test
    void aConditionThatFailsEndsThePauseOnly() throws Exception {
        LiveSettings settings = LiveSettings.USUAL.goesOnWhen(() -> {
            throw new IllegalStateException("thrown by a test");
        });
        CompletableFuture<Run> run = start(trainer(1_000_000).callback(watching(settings, LONG)));
        LiveTraining live = live();
        live.control(command(Action.PAUSE));
        await(() -> live.state().phase() == Phase.TRAINING);
        live.control(command(Action.STOP));
        assertThat(run.get(20, TimeUnit.SECONDS).stopReason()).contains("stopped on the page");
        assertThat(live.notes().toString()).contains("the condition for it has failed: thrown by a test");
    }

    @Test
    void aRefusedCommandIsNotCarriedOutLater() throws Exception {
        var steps = new Semaphore(3);
        CompletableFuture<Run> run = start(trainer(2)
                .callback(watching(LiveSettings.USUAL, Duration.ofMillis(50)))
                .callback(held(steps)));
        LiveTraining live = live();
        await(() -> live.state().step() == 4); // held in the handling of its event
        assertThatThrownBy(() -> live.control(command(Action.STOP)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("does not answer");
        assertThatThrownBy(() -> live.control(command(Action.RATE))).isInstanceOf(RefusedException.class);
        steps.release(1_000);
        assertThat(run.get(20, TimeUnit.SECONDS).stopReason()).isEmpty();
        assertThat(run.get().model()).isEqualTo(fit(trainer(2)).model()); // the rate is the same, too
    }

    @Test
    void timeStandsInAPauseAndAtTheEnd() throws Exception {
        CompletableFuture<Run> run = start(trainer(1_000_000).callback(watching()));
        LiveTraining live = live();
        await(() -> live.state().step() > 2);
        live.control(command(Action.PAUSE));
        await(() -> live.notes().toString().contains("Paused after step"));
        double paused = live.state().elapsed();
        Thread.sleep(50);
        assertThat(live.state().elapsed()).isEqualTo(paused).isPositive();
        live.control(command(Action.RESUME));
        live.control(command(Action.STOP));
        run.get(20, TimeUnit.SECONDS);
        double ended = live.state().elapsed();
        Thread.sleep(50);
        assertThat(live.state().elapsed()).isEqualTo(ended).isGreaterThan(paused);
    }

    @Test
    void theNotesOfARunStayInItsDirectory(@TempDir Path run) throws Exception {
        Files.writeString(run.resolve("notes.jsonl"), "of another training\n");
        Trainer trainer = trainer(1_000_000).callback(watching(LiveSettings.USUAL.withDirectory(run, "val"), LONG));
        CompletableFuture<Run> fit = start(trainer);
        LiveTraining live = live();
        await(() -> live.state().step() > 2);
        live.control(command(Action.PAUSE));
        await(() -> live.notes().toString().contains("Paused after step"));
        Thread.sleep(50);
        live.control(command(Action.RATE));
        live.control(command(Action.RESUME));
        live.control(command(Action.STOP));
        fit.get(20, TimeUnit.SECONDS);
        assertThat(live.notes())
                .extracting(Note::text)
                .satisfiesExactly(
                        begins -> assertThat(begins).isEqualTo("The training begins."),
                        paused -> assertThat(paused).startsWith("Paused after step "),
                        goesOn -> assertThat(goesOn).matches("Went on after a pause of \\d+\\.\\d s\\."),
                        rate -> assertThat(rate).startsWith("The learning rate changed from 0.0100 to 0.125"),
                        ends -> assertThat(ends).startsWith("The training has ended: stopped on the page"));
        var file = new NoteFile(run);
        file.read();
        assertThat(file.notes()).isEqualTo(live.notes());
        assertThat(file.pauses(0, Double.MAX_VALUE)).isBetween(0.05, 20.0);
        var resumed = new Notes(Optional.of(run));
        resumed.warning("before it begins");
        resumed.on(new TrainingEvent.Started(1, 8, 120, 8, 8, true));
        assertThat(resumed.all())
                .startsWith(live.notes().toArray(Note[]::new))
                .hasSize(live.notes().size() + 2);
        file.read();
        assertThat(file.notes()).isEqualTo(resumed.all());
    }

    @Test
    void aTrainingThatGoesOnNotesHowLongItWasInterrupted(@TempDir Path run) throws Exception {
        double newest = System.currentTimeMillis() / 1000.0 - 30;
        Files.writeString(
                run.resolve("metrics.jsonl"),
                "{\"v\":1,\"t\":" + newest + ",\"step\":8,\"epoch\":1,\"k\":\"train\",\"m\":{\"loss\":1}}\n");
        Optional<DirectoryRun> files = Optional.of(new DirectoryRun("run", run, _ -> {
            throw new AssertionError("nobody asks for the model");
        }));
        fit(trainer(1).callback(training -> {
            LiveSettings settings = LiveSettings.USUAL.withDirectory(run, "val");
            var live = new LiveTraining("live", settings, files, Optional.empty(), training, LONG);
            live.observer().on(new TrainingEvent.Started(2, 8, 120, 8, 8, true));
            return _ -> {};
        }));
        var file = new NoteFile(run);
        file.read();
        assertThat(file.pauses(0, newest)).isZero();
        assertThat(file.pauses(newest, Double.MAX_VALUE)).isBetween(30.0, 50.0);
    }

    @Test
    void notesThatCannotBeWrittenEndNoTraining(@TempDir Path place) throws Exception {
        Path missing = place.resolve("missing");
        fit(trainer(1).callback(watching(LiveSettings.USUAL.withDirectory(missing, "val"), LONG)));
        assertThat(live().notes())
                .extracting(Note::level)
                .containsExactly("info", "warning", "info"); // the warning once
        assertThat(live().notes().get(1).text()).startsWith("The notes cannot be written to a file: ");
    }

    @Test
    void aStopwatchLeavesOutPauses() {
        var watch = UnpausedTime.begin(1_000_000_000L);
        assertThat(watch.seconds(3_000_000_000L)).isEqualTo(2);
        var paused = watch.stop(4_000_000_000L).stop(5_000_000_000L);
        assertThat(paused.seconds(9_000_000_000L)).isEqualTo(3);
        assertThat(paused.goOn(10_000_000_000L).goOn(11_000_000_000L).seconds(12_000_000_000L))
                .isEqualTo(5);
    }

    @Test
    void whoeverAsksAtTheEndTheResultStays() throws Exception {
        CompletableFuture<Run> run = start(trainer(300).callback(watching()));
        LiveTraining live = live();
        List<Thread> askers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            askers.add(Thread.ofPlatform().start(() -> {
                while (!live.isOver()) {
                    try {
                        live.subject();
                    } catch (RefusedException _) {
                        return; // it ended meanwhile
                    }
                }
            }));
        }
        Model trained = run.get(20, TimeUnit.SECONDS).model();
        for (Thread each : askers) assertThat(each.join(LONG)).isTrue();
        assertThat(live.subject().model()).isEqualTo(trained);
        assertThat(live.subject().step()).isEqualTo(300 * 8);
    }

    @Test
    void whetherItCanBeResumedIsNotReadFromWords() throws Exception {
        Run paused = fit(trainer(5).callback(watching()).callback(training -> event -> {
            if (event instanceof TrainingEvent.EpochEnded) training.pause("the machine is needed");
        }));
        assertThat(paused.paused()).isTrue();
        assertThat(live().state().phase()).isEqualTo(Phase.INTERRUPTED);
    }

    @Test
    void aReasonWithSuchWordsDoesNotMakeItResumable() throws Exception {
        Run ended = fit(trainer(5).callback(watching()).callback(training -> event -> {
            if (event instanceof TrainingEvent.EpochEnded) training.finish("interrupted: its time limit was near");
        }));
        assertThat(ended.paused()).isFalse();
        assertThat(live().state().phase()).isEqualTo(Phase.FINISHED);
    }

    @Test
    void aNewRateIsToldInThePause() throws Exception {
        CompletableFuture<Run> run = start(trainer(1_000_000).callback(watching()));
        LiveTraining live = live();
        assertThat(live.state().rate()).isEqualTo(0.01);
        live.control(command(Action.PAUSE));
        assertThat(live.control(command(Action.RATE)).rate()).isEqualTo(0.125);
        assertThat(live.state().rate()).isEqualTo(0.125);
        live.control(command(Action.STOP));
        run.get(20, TimeUnit.SECONDS);
        assertThat(live.state().rate()).isEqualTo(0.125);
    }

    @Test
    void aSavedCheckpointIsListed(@TempDir Path place) throws Exception {
        CompletableFuture<Run> run =
                start(trainer(1_000_000).callback(watching(LiveSettings.USUAL.withCheckpoints(place), LONG)));
        LiveTraining live = live();
        await(() -> live.state().step() > 0);
        assertThat(live.checkpoints()).isEmpty();
        live.control(command(Action.SAVE));
        CheckpointFile saved = live.checkpoints().getFirst();
        assertThat(live.checkpoints()).hasSize(1);
        assertThat(saved.step()).isPositive();
        Path file = live.checkpoint(saved.name()).orElseThrow();
        assertThat(file).hasParent(place).hasSize(saved.bytes());
        assertThat(live.checkpoint("../" + saved.name())).isEmpty();
        Files.delete(file);
        assertThat(live.checkpoints()).isEmpty();
        live.control(command(Action.STOP));
        run.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aTrainingThatDoesNotBeginHasFailed() {
        assertThatThrownBy(() -> fit(trainer(1).callback(watching()).callback(_ -> {
                    throw new IllegalStateException("refused by a test");
                })))
                .hasMessage("refused by a test");
        assertThat(begun.join().state().phase()).isEqualTo(Phase.FAILED);
    }
}
