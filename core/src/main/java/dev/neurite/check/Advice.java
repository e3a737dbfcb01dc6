package dev.neurite.check;

/// A sentence about a finished or running training, with its figures.
/// @param verdict how serious it is; [Verdict#OK] for what is as it should be
/// @param topic what it is about
/// @param text the finding with its figures, in sentences
/// @param layer the layer or parameter concerned; empty for the whole training
/// @param command a command line that answers it; empty where whoever trained knows none
public record Advice(Verdict verdict, Topic topic, String text, String layer, String command) {
    /// What an advice is about.
    public enum Topic {
        /// All rows are of one class.
        ONE_CLASS("One class"),
        /// The loss rises, or is no number.
        DIVERGENCE("Divergence"),
        /// A prediction that looks at no input is about as good.
        BASELINE("Baseline"),
        /// Few rows of a rare class are found.
        RARE_CLASS("Rare class"),
        /// The network does better on the training rows than on others.
        OVER_FITTING("Over-fitting"),
        /// Units that give 0 for all rows.
        DEAD_UNITS("Dead units"),
        /// Too few rows for the network.
        FEW_ROWS("Few rows"),
        /// The training ended early.
        FEW_STEPS("Few steps"),
        /// The loss does not fall any more.
        PLATEAU("Plateau");

        private final String title;

        Topic(String title) {
            this.title = title;
        }

        /// The topic in a word or two: `Over-fitting`.
        @Override
        public String toString() {
            return title;
        }
    }

    /// An advice on the whole training, without a command.
    public Advice(Verdict verdict, Topic topic, String text) {
        this(verdict, topic, text, "", "");
    }

    public Advice withCommand(String line) {
        return new Advice(verdict, topic, text, layer, line);
    }
}
