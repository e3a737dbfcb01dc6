package dev.neurite.dashboard.api;

import dev.neurite.dashboard.live.LiveTraining;
import dev.neurite.dashboard.runs.DirectoryRun;
import dev.neurite.dashboard.runs.RunDirectories;
import dev.neurite.dashboard.runs.RunName;
import dev.neurite.dashboard.view.WatchedRun;
import dev.neurite.http.HttpProblem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The runs that a server shows: trainings of this JVM, and directories. Thread-safe.
public final class Runs implements AutoCloseable {
    /// The name of the newest training of this JVM in addresses.
    public static final String LIVE = "live";

    private static final int MOST = 8; // trainings

    private final Optional<RunDirectories> directories;
    private final List<LiveTraining> trainings = new ArrayList<>();
    private int begun;

    /// @param directories the directories of runs; empty for trainings only
    public Runs(Optional<RunDirectories> directories) {
        this.directories = directories;
    }

    /// A name in addresses for the next training: that of its directory, or else `training-` and its
    /// number.
    /// @param name the name of its directory, if it has one
    /// @param inDirectory whether it has one
    public synchronized String nextId(String name, boolean inDirectory) {
        begun++;
        if (inDirectory) return name;
        return "training-" + begun;
    }

    /// Adds a training. Of more than eight, the oldest that has ended is shown no more.
    public synchronized void add(LiveTraining training) {
        trainings.removeIf(each -> each.id().equals(training.id()) && each.isOver());
        trainings.add(training);
        if (trainings.size() <= MOST) return;
        trainings.stream().filter(LiveTraining::isOver).findFirst().ifPresent(trainings::remove);
    }

    /// The trainings of this JVM, the newest first.
    synchronized List<LiveTraining> trainings() {
        return List.copyOf(trainings).reversed();
    }

    Optional<RunDirectories> directories() {
        return directories;
    }

    /// The newest training of this JVM, if there is one.
    Optional<LiveTraining> live() {
        return trainings().stream().findFirst();
    }

    /// The training of this JVM in a child of the directory of runs.
    Optional<LiveTraining> trainingOf(String name) {
        return trainings().stream().filter(each -> isChild(each, name)).findFirst();
    }

    private boolean isChild(LiveTraining training, String name) {
        if (training.directory().isEmpty() || directories.isEmpty()) return false;
        Path place = training.directory().get().toAbsolutePath().normalize();
        return directories.get().root().equals(place.getParent())
                && RunName.of(place).equals(name);
    }

    /// @throws HttpProblem 404 if there is none
    WatchedRun find(String name) {
        if (name.equals(LIVE) && live().isPresent()) return live().get();
        Optional<LiveTraining> training = trainingOf(name)
                .or(() -> trainings().stream()
                        .filter(each -> each.id().equals(name))
                        .findFirst());
        if (training.isPresent()) return training.get();
        Optional<DirectoryRun> run = directories.flatMap(each -> each.find(name));
        if (run.isPresent()) return run.get();
        throw HttpProblem.missing("id", "there is no run of this name");
    }

    @Override
    public void close() {
        trainings().forEach(LiveTraining::close);
    }
}
