package dev.neurite.io;

import dev.neurite.metric.Metric;
import dev.neurite.train.Callback;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Snapshot;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingEvent.EpochResult;
import dev.neurite.train.TrainingEvent.StepEnded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/// Writes a CSV file with one row per epoch:
/// `epoch,step,lr,seconds,loss,accuracy,val_loss,val_accuracy` and a column for each metric of the
/// trainer; undefined values are empty cells. `lr` is the learning rate of the epoch's last
/// step.
///
/// A full disk does not end the training: the log warns once and stops. A resumed
/// training continues the file from its length at the checkpoint.
/// @param file the file; overwritten unless the training is resumed
/// @param warnings receives the warning when the file cannot be written
public record CsvLog(Path file, Consumer<String> warnings) implements Callback {
    @Override
    public Observer begin(TrainingControl training) {
        return new Log(training, new LogFile(file, warnings));
    }

    private static final class Log implements Observer {
        private final TrainingControl training;
        private final LogFile out;
        private double rate;

        Log(TrainingControl training, LogFile out) {
            this.training = training;
            this.out = out;
        }

        @Override
        public void on(TrainingEvent event) {
            switch (event) {
                case TrainingEvent.Started _ -> begin();
                case StepEnded step -> rate = step.rate();
                case EpochEnded(EpochResult result) -> row(result);
                default -> {}
            }
        }

        private void begin() {
            boolean fresh = out.isEmpty();
            out.open();
            if (!fresh) return;
            List<String> names = new ArrayList<>(
                    List.of("epoch", "step", "lr", "seconds", "loss", "accuracy", "val_loss", "val_accuracy"));
            for (Metric metric : training.metrics()) names.add("val_" + metric.name());
            out.line(String.join(",", names));
        }

        private void row(EpochResult result) {
            Optional<Evaluation> validation = result.validation();
            List<String> cells = new ArrayList<>();
            cells.add(Integer.toString(result.epoch()));
            cells.add(Long.toString(training.steps()));
            cells.add(Double.toString(rate));
            cells.add(Double.toString(result.seconds()));
            cells.add(Double.toString(result.loss()));
            cells.add(cell(result.accuracy()));
            cells.add(validation.map(each -> Double.toString(each.loss())).orElse(""));
            cells.add(cell(validation.map(Evaluation::accuracy).orElse(OptionalDouble.empty())));
            for (Metric metric : training.metrics()) {
                cells.add(cell(validation
                        .map(each -> each.metrics().getOrDefault(metric.name(), OptionalDouble.empty()))
                        .orElse(OptionalDouble.empty())));
            }
            out.line(String.join(",", cells));
            out.flush();
        }

        private static String cell(OptionalDouble figure) {
            return figure.isPresent() ? Double.toString(figure.getAsDouble()) : "";
        }

        @Override
        public void save(Snapshot memory) {
            out.save(memory);
            memory.put("rate", rate);
        }

        @Override
        public void restore(Snapshot memory) {
            out.restore(memory);
            rate = memory.number("rate");
        }

        @Override
        public void close() {
            out.close();
        }
    }
}
