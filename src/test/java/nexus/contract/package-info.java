/** The served OpenAPI document, taken at its word. */
@org.jspecify.annotations.NullMarked
package nexus.contract;
