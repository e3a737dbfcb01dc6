package dev.neurite.text;

/// The tokens of a model and those that were added.
final class AllTokens {
    private final Vocabulary vocabulary;
    private final AddedTokens added;
    private final int size;

    AllTokens(Vocabulary vocabulary, AddedTokens added) {
        this.vocabulary = vocabulary;
        this.added = added;
        long more = added.tokens().stream()
                .filter(each -> vocabulary.id(each.content()) < 0)
                .count();
        this.size = vocabulary.size() + (int) more;
    }

    AddedTokens added() {
        return added;
    }

    int size() {
        return size;
    }

    /// The id of a token, or −1.
    int id(String token) {
        int id = added.id(token);
        return id >= 0 ? id : vocabulary.id(token);
    }

    /// @param id below [#size()]
    String text(int id) {
        return added.has(id) ? added.content(id) : vocabulary.token(id);
    }
}
