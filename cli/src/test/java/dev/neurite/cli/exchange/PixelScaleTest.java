package dev.neurite.cli.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.cli.Cli;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.io.NpyArray;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.export.OnnxExport;
import dev.neurite.signature.Input;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files of other software do not say how pixels become numbers.
final class PixelScaleTest {
    private static final int SIDE = 4;
    private static final Model MODEL = Model.of(
                    Layers.image(1, SIDE, SIDE),
                    Layers.conv2d(2, 3, Activation.RELU),
                    Layers.flatten(),
                    Layers.dense(3, Activation.SOFTMAX))
            .initialize(7);

    @TempDir
    Path temp;

    private final float[] pixels = new float[SIDE * SIDE];

    private String path(String name) {
        return temp.resolve(name).toString();
    }

    @BeforeEach
    void files() throws IOException {
        OnnxExport.of(MODEL).write(temp.resolve("m.onnx"));
        var image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = i * 3 % 11 * 2; // few of them, so that 255 times as many are not all that counts
            image.getRaster().setSample(i % SIDE, i / SIDE, 0, (int) pixels[i]);
        }
        ImageIO.write(image, "png", temp.resolve("a.png").toFile());
    }

    /// What the network gives for the image with this number for white.
    private float[] expected(int white) {
        float[] numbers = pixels.clone();
        for (int i = 0; i < numbers.length; i++) numbers[i] *= white / 255f;
        return MODEL.predict(numbers);
    }

    /// For pixels from 0 to 1, as images are read.
    private void assertGives(ModelFile made, int white) {
        float[] zeroToOne = pixels.clone();
        for (int i = 0; i < zeroToOne.length; i++) zeroToOne[i] /= 255;
        assertThat(made.model().predict(zeroToOne)).containsExactly(expected(white), within(1e-4f));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 255})
    void pixelsBecomeWhatTheTrainingHad(int white) {
        Cli imported = Cli.ok("import", path("m.onnx"), "-o", path("run"), "--pixels", Integer.toString(white));
        assertThat(imported.out()).doesNotContain("--pixels");
        ModelFile made = ModelFile.read(temp.resolve("run/model.safetensors"), Catalog.standard());
        assertThat(made.signature().input()).isInstanceOf(Input.Image.class);
        assertThat(made.model().parameters().names())
                .isEqualTo(MODEL.parameters().names());
        assertGives(made, white);

        Cli.ok("convert", path("m.onnx"), path("bytes.onnx"), "--pixels", Integer.toString(white));
        OnnxModel bytes = OnnxModel.load(temp.resolve("bytes.onnx"));
        assertThat(bytes.inputs().getFirst().toString()).contains("image", "uint8");
        NpyArray.of(Tensor.of(Shape.of(1, 1, SIDE, SIDE), pixels)).write(temp.resolve("large.npy"));
        assertThat(Cli.ok("predict", path("run"), path("large.npy")).err())
                .contains("has values from 0.0 to 20.0, training saw 0.0 to 1.0");
    }

    @Test
    void withoutTheOptionNotesSayWhatIsNotKnown() {
        String note = "takes numbers as they are: no file of this format says how pixels become them";
        assertThat(Cli.ok("import", path("m.onnx"), "-o", path("run")).out())
                .contains("note: Input '", note, "--pixels 255");
        assertThat(Cli.ok("convert", path("m.onnx"), path("again.onnx")).out()).contains(note);
        assertThat(OnnxModel.load(temp.resolve("again.onnx")).inputs())
                .isEqualTo(OnnxModel.load(temp.resolve("m.onnx")).inputs());
        Cli predicted = Cli.ok("predict", path("run"), path("a.png"), path("a.png"));
        assertThat(predicted.err()).containsOnlyOnce("note: pixels are divided by 255; the model does not say");
    }

    @Test
    void isRefusedWhereNothingIsUnknown() {
        ModelFile.save(MODEL, temp.resolve("known.safetensors"));
        for (List<String> each : List.of(
                List.of("import", path("known.safetensors"), "-o", path("run"), "--pixels", "255"),
                List.of("import", path("m.onnx"), "-o", path("run"), "--pixels", "2"))) {
            Cli refused = Cli.run(each.toArray(String[]::new));
            assertThat(refused.code()).as(refused.err()).isEqualTo(2);
            assertThat(refused.err()).contains("--pixels: expects ");
        }
        assertThat(temp.resolve("run")).doesNotExist();
    }

    /// Our own files with pixels as bytes divide them themselves.
    @Test
    void anOnnxModelOfBytesKeepsItsImages() {
        ModelFile.save(MODEL, temp.resolve("known.safetensors"));
        Cli.ok("export", path("known.safetensors"), path("bytes.onnx"));
        Cli imported = Cli.ok("import", path("bytes.onnx"), "-o", path("run"));
        assertThat(imported.out()).doesNotContain("--pixels");
        ModelFile made = ModelFile.read(temp.resolve("run/model.safetensors"), Catalog.standard());
        assertThat(made.signature().input()).isInstanceOf(Input.Image.class);
        assertGives(made, 1);
    }
}
