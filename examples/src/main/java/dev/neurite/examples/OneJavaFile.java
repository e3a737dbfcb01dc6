package dev.neurite.examples;

// region imports
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.dense;

import dev.neurite.datasets.Csv;
import dev.neurite.javasource.JavaSource;
import dev.neurite.model.Model;
import dev.neurite.train.Trainer;
import java.io.PrintStream;
import java.nio.file.Path;
// endregion

/// A model as one Java file, for a program that does not have this library.
public final class OneJavaFile {
    /// The program.
    static final String PROGRAM = """
        package shop;

        public final class Sorting {
            public static void main(String[] args) {
                // region use
                Fruit fruit = new Fruit(); //             reads the weights, once
                Fruit.Row row = new Fruit.Row();
                row.weight = 150; //                      what is left out is missing
                row.diameter = 7.1f;
                row.color = "green";
                String kind = fruit.predict(row);
                System.out.println(kind + " with probability " + fruit.probability());
                // endregion
            }
        }
        """;

    private OneJavaFile() {}

    /// Runs the example.
    /// @param args the CSV file and the folder of the Java file; `examples/data/fruit.csv` and this one by default
    public static void main(String[] args) {
        run(
                System.out,
                Path.of(args.length > 0 ? args[0] : "examples/data/fruit.csv"),
                Path.of(args.length > 1 ? args[1] : ""));
    }

    static void run(PrintStream out, Path csv, Path folder) {
        // region write
        var fruit = Csv.read(csv).toClassify("kind", how -> how.withMissingFilled());
        var model = Model.of(fruit.train(), dense(32, RELU));
        var run = Trainer.of(model).epochs(200).fit(fruit.train(), fruit.test());

        var written = JavaSource.of(run).packageName("shop").write(folder.resolve("Fruit.java"));
        out.println(written.bytes() + " bytes");
        written.measured().ifPresent(fast -> out.println(fast.microseconds() + " µs for a row"));
        written.notes().forEach(out::println); //                        what the class does otherwise
        // endregion
    }
}
