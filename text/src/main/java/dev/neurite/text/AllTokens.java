package dev.neurite.text;

/// The tokens of a model and those that were added.
record AllTokens(Vocabulary vocabulary, AddedTokens added) {
    int size() {
        return vocabulary.size()
                + (int) added.tokens().stream()
                        .filter(each -> vocabulary.id(each.content()) < 0)
                        .count();
    }

    /// The id of a token, or −1.
    int id(String token) {
        int id = added.id(token);
        return id >= 0 ? id : vocabulary.id(token);
    }

    /// The text of a token.
    /// @param id below [#size()]
    String text(int id) {
        return added.has(id) ? added.content(id) : vocabulary.token(id);
    }
}
