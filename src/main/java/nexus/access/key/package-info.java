/**
 * Which keys are valid, and what do they allow?
 *
 * <p>Takes keys of the environment and the store, gives callers with rights. Never keeps or shows a key itself.
 */
@NullMarked
package nexus.access.key;

import org.jspecify.annotations.NullMarked;
