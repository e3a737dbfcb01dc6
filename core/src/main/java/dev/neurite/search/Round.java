package dev.neurite.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A round of trials, some of them at the same time.
/// @param trials those that have ended, in the order of their numbers
/// @param complete whether all have
record Round(List<Trial> trials, boolean complete) {
    /// Runs trials.
    /// @param parallel how many at the same time
    /// @param calls a call for each; empty if it was interrupted
    static Round run(List<Callable<Optional<Trial>>> calls, int parallel) {
        try (ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, Math.min(parallel, calls.size())))) {
            List<Future<Optional<Trial>>> futures =
                    calls.stream().map(pool::submit).toList();
            List<Trial> trials = new ArrayList<>();
            try {
                for (Future<Optional<Trial>> each : futures) each.get().ifPresent(trials::add);
                return new Round(trials, trials.size() == calls.size());
            } catch (ExecutionException e) {
                pool.shutdownNow();
                if (e.getCause() instanceof RuntimeException thrown) throw thrown;
                if (e.getCause() instanceof Error thrown) throw thrown;
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException _) {
                pool.shutdownNow(); // interrupts the trainings, which then end after their step
                Thread.currentThread().interrupt();
                return new Round(ended(futures), false);
            }
        }
    }

    private static List<Trial> ended(List<Future<Optional<Trial>>> futures) {
        return futures.stream()
                .filter(each -> each.state() == Future.State.SUCCESS)
                .flatMap(each -> each.resultNow().stream())
                .toList();
    }
}
