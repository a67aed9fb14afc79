/**
 * Which variables are set, and are they well-formed?
 *
 * <p>Takes environment variables and the .env file, gives the configuration, or one line that names the variable.
 * Never opens a connection.
 */
@NullMarked
package nexus.command.environment;

import org.jspecify.annotations.NullMarked;
