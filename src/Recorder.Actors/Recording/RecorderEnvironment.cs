using Microsoft.Extensions.Logging;
using Recorder.Actors.Storage;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

/// <summary>What every recorder of a node shares.</summary>
/// <param name="Sources">Takes requests to capture sources.</param>
/// <param name="Events">Takes every event.</param>
/// <param name="Volumes">The threads that write.</param>
/// <param name="Time">Wall clock.</param>
/// <param name="Logger">Where recorders log.</param>
/// <param name="Node">This node's name.</param>
internal sealed record RecorderEnvironment(
    IActorRef Sources, IActorRef Events, IVolumes Volumes, TimeProvider Time, ILogger Logger, string Node)
{
    /// <summary>What decodes and encodes.</summary>
    public IMediaCodecs Codecs { get; init; } = InProcessCodecs.Default;
}
