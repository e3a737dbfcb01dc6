/// Embedding models of LangChain4j, without a native library.
@org.jspecify.annotations.NullMarked
package dev.neurite.langchain4j;
