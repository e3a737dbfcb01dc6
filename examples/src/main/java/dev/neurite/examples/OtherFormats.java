package dev.neurite.examples;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;

import dev.neurite.data.DataSplit;
import dev.neurite.data.table.Table;
import dev.neurite.datasets.Arff;
import dev.neurite.datasets.Jdbc;
import dev.neurite.datasets.Parquet;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.datasets.TableFiles;
import dev.neurite.io.keras.KerasFile;
import dev.neurite.model.Model;
import dev.neurite.train.ParameterGroup;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/// Tables and models that other software has written.
final class OtherFormats {
    private OtherFormats() {}

    static DataSplit parquet(Path file) {
        // region parquet
        Table table = Parquet.read(file);
        DataSplit fruit = table.toClassify("kind");
        // endregion
        return fruit;
    }

    static DataSplit arff(Path file) {
        // region arff
        Table table = Arff.read(file);
        DataSplit fruit = table.toClassify("kind");
        // endregion
        return fruit;
    }

    static DataSplit jdbc(String url) throws SQLException {
        // region jdbc
        try (Connection database = DriverManager.getConnection(url);
                Statement query = database.createStatement();
                ResultSet rows = query.executeQuery("SELECT weight, color, kind FROM fruit")) {
            return Jdbc.read(rows).toClassify("kind");
        }
        // endregion
    }

    static Table any(Path file) {
        // region any
        Table table =
                TableFiles.read(file, ReadOptions.USUAL.without(Set.of("id")).withTexts(Set.of("zip")));
        // endregion
        return table;
    }

    static Model keras(Path file, PrintStream out) {
        // region keras
        KerasFile keras = KerasFile.read(file);
        Model model = keras.toModel();
        keras.notes().forEach(out::println); // what is not kept
        // endregion
        return model;
    }

    static Run tuned(Model keras, DataSplit data) {
        // region tune
        int classes = data.train().classNames().size();
        Model other = keras.replace("predictions", dense(classes, SOFTMAX)); // the name that the layer has in Keras
        Run run = Trainer.of(other)
                .group(ParameterGroup.allBut("predictions.*").frozen())
                .epochs(5)
                .fit(data.train(), data.test());
        // endregion
        return run;
    }

    static Model weights(Path file, Model own) {
        // region weights
        Model filled = KerasFile.read(file) //                  names as Keras counts them: dense, dense_1, …
                .weights()
                .renamed(name -> name.replace("dense_1.", "dense2.").replace("dense.", "dense1."))
                .into(own)
                .complete(); //                                 an error unless each parameter was found
        // endregion
        return filled;
    }
}
