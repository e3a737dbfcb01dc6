/// Texts that follow a grammar: [dev.neurite.llm.grammar.JsonGrammar] makes grammars of JSON and of JSON schemas,
/// [dev.neurite.llm.grammar.TokenMasks] says which tokens of a vocabulary may come next.
package dev.neurite.llm.grammar;
