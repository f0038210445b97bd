using Recorder.Contracts;

namespace Recorder.Client;

/// <summary>A recorder of the nodes, as it was at one moment.</summary>
/// <param name="Definition">
/// Its definition. Credentials in the source are masked, and <see cref="RecorderOptions.MimeType"/> is the type in use once there
/// is one.
/// </param>
/// <param name="Status">Its status; <see cref="RecorderState.Unknown"/> when it gave its node no answer.</param>
/// <param name="Node">The node that runs it; "" while it has none.</param>
public sealed record DefinedRecorder(RecorderDefinition Definition, RecorderProtocol.Status Status, string Node);
