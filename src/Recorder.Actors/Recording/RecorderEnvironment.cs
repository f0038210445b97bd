using Microsoft.Extensions.Logging;
using Recorder.Actors.Storage;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

/// <summary>The dependencies that all recorders of a node share.</summary>
/// <param name="Volumes">Provides the writing thread of each volume.</param>
internal sealed record RecorderEnvironment(
    IActorRef Sources, IActorRef Events, IVolumes Volumes, TimeProvider Time, ILogger Logger, string Node)
{
    public IMediaCodecs Codecs { get; init; } = InProcessCodecs.Default;

    /// <summary>Where each write is noted; null where nobody reads it.</summary>
    public StoredMedia? Stored { get; init; }
}
