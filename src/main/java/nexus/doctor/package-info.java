/**
 * Are the databases fit for Nexus, and which exact change would make them so?
 *
 * <p>Takes the addresses of source and store, gives checks, each with its fix. Never writes, and never waits for long.
 */
@NullMarked
package nexus.doctor;

import org.jspecify.annotations.NullMarked;
