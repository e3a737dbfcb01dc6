package dev.neurite.dashboard.view;

import dev.neurite.kernel.Kernels;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// How much each pixel of an image counts for the predicted class: |gradient · (input − background)| of gray, where the
/// first pixel is background; |gradient| of colors, summed over the channels.
final class Saliency {
    private Saliency() {}

    /// The picture of a model of one image; empty for others.
    static Optional<Picture> of(
            Subject subject,
            Predictor predictor,
            Kernels kernels,
            Map<String, Form> forms,
            Map<String, Object> raws,
            Prediction prediction) {
        boolean single =
                forms.size() == 1 && subject.file().signature().outputs().size() == 1;
        if (!single
                || !(forms.values().iterator().next() instanceof Form.OfImage image)
                || !(raws.values().iterator().next() instanceof float[] numbers)) return Optional.empty();
        ImageForm form = image.drawing().form();
        int outputs = subject.model().network().outputs().getFirst().size();
        int label = prediction instanceof Prediction.OneClass
                ? predictor.classNames().indexOf(prediction.label())
                : 0;
        Shape input = subject.input();
        Tensor row = Tensor.view(input.forRows(1), numbers, 0);
        float[] gradient = subject.model()
                .saliency(row, Math.clamp(label, 0, outputs - 1), kernels)
                .toArray();
        int plane = form.width() * form.height();
        float background = numbers[0];
        double[] weights = new double[plane];
        double most = 0;
        for (int i = 0; i < plane; i++) {
            for (int c = 0; c < form.channels(); c++) {
                int at = c * plane + i;
                weights[i] += Math.abs(gradient[at] * (form.channels() == 1 ? numbers[at] - background : 1));
            }
            most = Math.max(most, weights[i]);
        }
        byte[] pixels = new byte[plane];
        for (int i = 0; i < plane; i++) pixels[i] = (byte) (most > 0 ? Math.round(255 * weights[i] / most) : 0);
        return Optional.of(new Picture(form.width(), form.height(), 1, pixels));
    }
}
