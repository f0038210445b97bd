using Recorder.Actors.Recording;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Playback;

/// <summary>A container cannot hold what was recorded; the message says which can.</summary>
internal sealed class ExportRefusedException(string message) : Exception(message);

/// <summary>Which streams of a part are exported, and whether the next part's are the same.</summary>
internal static class ExportStreams
{
    private static readonly MediaContainer[] Containers = [MediaContainer.Mp4, MediaContainer.WebM, MediaContainer.Matroska];

    /// <summary>The stream whose key frames count: the video.</summary>
    public static int Leader(IReadOnlyList<StreamInfo> streams) =>
        streams.FirstOrDefault(stream => stream.Parameters.Kind == MediaKind.Video)?.Index ?? 0;

    /// <summary>Checks that a container can hold what was recorded.</summary>
    /// <exception cref="ExportRefusedException">It cannot.</exception>
    public static void Check(IReadOnlyList<StreamInfo> streams, MediaContainer container)
    {
        if (streams.FirstOrDefault(stream => !MediaSupport.Holds(container, stream.Parameters.Codec)) is not { } stream)
        {
            return;
        }

        var others = Containers.Where(other => streams.All(one => MediaSupport.Holds(other, one.Parameters.Codec)))
            .Select(other => $"export{MediaSupport.Extension(other)}");
        throw new ExportRefusedException(
            $"{container} cannot hold {stream.Parameters.Codec}, and nothing is transcoded: ask for {string.Join(" or ", others)}.");
    }

    /// <summary>Whether the same decoders go on.</summary>
    public static bool AreSame(IReadOnlyList<StreamInfo> first, IReadOnlyList<StreamInfo> next) =>
        first.Count == next.Count && first.Zip(next).All(pair =>
            pair.First.Parameters.Codec == pair.Second.Parameters.Codec
            && pair.First.Parameters.Width == pair.Second.Parameters.Width
            && pair.First.Parameters.Height == pair.Second.Parameters.Height
            && pair.First.Parameters.SampleRate == pair.Second.Parameters.SampleRate);
}
