package dev.neurite.datasets;

import static dev.neurite.datasets.NumpyFiles.bytes;
import static dev.neurite.datasets.NumpyFiles.floats;
import static dev.neurite.datasets.NumpyFiles.longs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.image.ImageInput;
import dev.neurite.error.DataException;
import dev.neurite.io.NpyTexts;
import dev.neurite.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumpyDataTest {
    @TempDir
    private Path folder;

    private DataSplit load(Object... namesAndArrays) {
        return NumpyData.load(NumpyFiles.npz(folder.resolve("data.npz"), namesAndArrays));
    }

    private static float[] input(Dataset data, int row) {
        float[] values = new float[data.inputShape().size()];
        data.readInput(row, values, 0);
        return values;
    }

    @Test
    void aFifthOfRowsThatAreNotPartedIsToTestWith() {
        DataSplit split = load("x", floats("(5, 2)", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), "y", longs("(5,)", 0, 1, 0, 1, 1));
        assertThat(split.train().size()).isEqualTo(4);
        assertThat(split.test().size()).isEqualTo(1);
        assertThat(split.train().classNames()).containsExactly("0", "1");
        assertThat(split.train().inputShape()).isEqualTo(Shape.of(2));
    }

    @ParameterizedTest
    @CsvSource({
        "x_train,y_train,x_test,y_test",
        "X_train,Y_train,X_test,Y_test",
        "X_TRAIN,y_train,X_test,y_test",
        "inputs_train,labels_train,inputs_test,labels_test",
        "train_images,train_labels,test_images,test_labels"
    })
    void partsHaveTheNamesThatPeopleGiveThem(String x, String y, String testX, String testY) {
        DataSplit split = load(
                "other",
                floats("()", 1),
                testX,
                floats("(1, 2)", 5, 6),
                testY,
                longs("(1, 1)", 1),
                x,
                floats("(2, 2)", 1, 2, 3, 4),
                y,
                longs("(2, 1)", 0, 1));
        assertThat(split.train().size()).isEqualTo(2);
        assertThat(input(split.train(), 1)).containsExactly(3, 4);
        assertThat(input(split.test(), 0)).containsExactly(5, 6);
        assertThat(split.test().label(0)).isEqualTo(1);
    }

    @Test
    void floatingPointAnswersAreValues() {
        byte[] x = floats("(2, 1)", 1, 2);
        Dataset one = load("x", x, "y", floats("(2,)", 3, 4)).train();
        assertThat(one.isLabeled()).isFalse();
        assertThat(one.targetShape()).isEqualTo(Shape.of(1));
        Dataset two =
                load("x", x, "targets", floats("(2, 3)", 1, 2, 3, 4, 5, 6)).train();
        assertThat(two.targetShape()).isEqualTo(Shape.of(3));
        assertThat(load("x", x, "y", longs("(2, 2)", 1, 0, 0, 1)).train().targetShape())
                .as("one-hot")
                .isEqualTo(Shape.of(2));
    }

    @Test
    void bytesWithMoreThanTwoAxesAreImagesFromZeroToOne() {
        byte[] y = longs("(2,)", 0, 1);
        Dataset gray = load("x", bytes("(2, 1, 2)", 51, 255, 51, 255), "y", y).train();
        assertThat(gray.inputShape()).isEqualTo(Shape.of(1, 1, 2));
        assertThat(input(gray, 0)).containsExactly(0.2f, 1);
        Dataset color = load("x", bytes("(2, 3, 1, 1)", 0, 255, 51, 0, 255, 51), "y", floats("(2,)", 1, 2))
                .train();
        assertThat(color.inputShape()).isEqualTo(Shape.of(3, 1, 1));
        assertThat(input(color, 0)).containsExactly(0, 1, 0.2f);
        Dataset table = load("x", bytes("(2, 1)", 200, 200), "y", y).train();
        assertThat(input(table, 0)).containsExactly(200);
        Dataset planes =
                load("x", floats("(2, 1, 1, 2)", 0, 255, 51, 102), "y", y).train();
        assertThat(planes.inputShape()).isEqualTo(Shape.of(1, 1, 2));
        assertThat(input(planes, 0)).containsAnyOf(255, 102);
    }

    @Test
    void textsAreNamesOfClasses() throws IOException {
        byte[] x = floats("(3, 1)", 1, 2, 3);
        byte[] y = texts("pear", "apple", "pear");
        DataSplit split = load("x_train", x, "y_train", y, "x_test", x, "y_test", texts("pear", "pear", "apple"));
        assertThat(split.train().classNames()).containsExactly("apple", "pear");
        assertThat(List.of(split.train().label(0), split.train().label(1))).containsExactly(1, 0);
        assertThat(split.test().label(2)).isZero();
        Files.write(folder.resolve("x.npy"), x);
        Files.write(folder.resolve("y.npy"), y);
        assertThat(NumpyData.load(folder).train().classNames()).containsExactly("apple", "pear");
        refused(
                "row 1: expects a class that occurs in training, got 'fig'",
                "x_train",
                x,
                "y_train",
                y,
                "x_test",
                x,
                "y_test",
                texts("pear", "fig", "apple"));
    }

    private static byte[] texts(String... texts) throws IOException {
        var out = new ByteArrayOutputStream();
        NpyTexts.of(Shape.of(texts.length), List.of(texts)).write(out);
        return out.toByteArray();
    }

    @Test
    void aDirectoryOfArraysIsTheSame() throws IOException {
        Files.write(folder.resolve("x.npy"), floats("(2, 1)", 1, 2));
        Files.write(folder.resolve("y.npy"), longs("(2,)", 0, 1));
        assertThat(NumpyData.isOne(folder)).isTrue();
        DataSplit split = DataDirectory.load(folder, ImageInput.USUAL);
        assertThat(split.train().size() + split.test().size()).isEqualTo(2);
        Files.delete(folder.resolve("y.npy"));
        assertThatThrownBy(() -> NumpyData.load(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects an array y, got only x");
        Files.delete(folder.resolve("x.npy"));
        assertThat(NumpyData.isOne(folder)).isFalse();
    }

    @Test
    void arraysThatDoNotFitTogetherAreRefused() {
        byte[] x = floats("(2, 2)", 1, 2, 3, 4);
        byte[] y = longs("(2,)", 0, 1);
        refused("expects an array x, got only arr_0, arr_1", "arr_0", x, "arr_1", y);
        refused("expects an array x, got X and inputs. Remove one", "X", x, "inputs", x, "y", y);
        refused("expects an array x_test, got only x_train, y_train", "x_train", x, "y_train", y);
        refused("array 'y': expects a target for each of the 2 rows", "x", x, "y", longs("(3,)", 0, 1, 2));
        refused("array 'x': expects rows of inputs, got an array [2]", "x", floats("(2,)", 1, 2), "y", y);
        refused("at least one row of one value", "x", floats("(0, 2)"), "y", longs("(0,)"));
        refused("at least one row of one value", "x", floats("(2, 0)"), "y", y);
        refused("array 'y', row 1: expects a label from 0 to 65535, got -1", "x", x, "y", longs("(2,)", 0, -1));
        refused(
                "row 0: expects a label from 0 to 65535, got 4000000000",
                "x",
                x,
                "y",
                longs("(2,)", 4_000_000_000L, 0));
        refused(
                "array 'x', row 1, value 0: expects a finite number, got NaN",
                "x",
                floats("(2, 2)", 1, 2, Float.NaN, 4),
                "y",
                y);
        refused(
                "array 'y', row 0, value 0: expects a finite number",
                "x",
                x,
                "y",
                floats("(2,)", Float.POSITIVE_INFINITY, 1));
        refused("whose channels seem to be last", "x", bytes("(2, 2, 1, 1)", 1, 2, 3, 4), "y", y);
    }

    @Test
    void partsThatAreUnlikeAreRefused() {
        byte[] x = floats("(2, 2)", 1, 2, 3, 4);
        byte[] y = longs("(2,)", 0, 2);
        Object[] all = {"x_train", x, "y_train", y, "x_test", x, "y_test", y};
        Object[] other = all.clone();
        other[5] = floats("(2, 1)", 1, 2);
        refused("array 'x_test': expects inputs [2] as in the training part, got [1]", other);
        other = all.clone();
        other[7] = longs("(2,)", 0, 3);
        refused("array 'y_test', row 1: expects a label from 0 to 2, got 3. Labels count from 0", other);
        other[7] = longs("(2,)", 1, 0);
        refused("array 'y_test', row 0: expects a label that occurs in training, got 1", other);
        other[7] = floats("(2,)", 1, 0);
        refused("array 'y_test': expects targets [] as in the training part, got [1]", other);
    }

    private void refused(String message, Object... namesAndArrays) {
        assertThatThrownBy(() -> load(namesAndArrays))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message);
    }
}
