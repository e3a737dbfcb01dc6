package dev.neurite.langchain4j;

import java.util.List;

/// How far vectors are apart.
/// @param absolute the largest difference of two numbers
/// @param cosine the largest distance, 1 minus the cosine
/// @param mean the mean distance
/// @param text the text of the largest distance
record Difference(double absolute, double cosine, double mean, String text) {
    /// The largest difference between the vectors of texts.
    static Difference largest(List<String> texts, List<float[]> theirs, List<float[]> ours) {
        double absolute = 0;
        double cosine = -1;
        double sum = 0;
        String text = "";
        for (int i = 0; i < texts.size(); i++) {
            float[] x = theirs.get(i);
            float[] y = ours.get(i);
            double products = 0;
            double squaresOfX = 0;
            double squaresOfY = 0;
            for (int k = 0; k < x.length; k++) {
                absolute = Math.max(absolute, Math.abs(x[k] - y[k]));
                products += (double) x[k] * y[k];
                squaresOfX += (double) x[k] * x[k];
                squaresOfY += (double) y[k] * y[k];
            }
            double distance = 1 - products / Math.sqrt(squaresOfX * squaresOfY);
            sum += distance;
            if (distance <= cosine) continue;
            cosine = distance;
            text = texts.get(i);
        }
        String start = text.length() > 60 ? text.substring(0, 60) + "…" : text;
        return new Difference(absolute, cosine, sum / texts.size(), start);
    }
}
