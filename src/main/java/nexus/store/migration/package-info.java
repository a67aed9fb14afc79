/**
 * Which schema does the store have, and how does it get the current one?
 *
 * <p>Takes the packaged migrations and the history in the store, brings the schema up to date before anything reads it.
 * Never trusts a schema that an untrusted role can change.
 */
@NullMarked
package nexus.store.migration;

import org.jspecify.annotations.NullMarked;
