using Recorder.FFmpeg;

namespace Recorder.Media.Export;

/// <summary>A part of an export that one demuxer reads.</summary>
/// <param name="Format">FFmpeg's name of the demuxer.</param>
/// <param name="Shift">What is added to the times of the part to place it on the export's timeline.</param>
internal sealed record ExportPart(string Format, Func<PieceFeed> Open, TimeSpan Shift)
{
    public TimeSpan? From { get; init; }

    public TimeSpan? To { get; init; }

    public MediaLimits Limits { get; init; } = MediaLimits.Default;
}

internal sealed class ExportInput : IDisposable
{
    private readonly PieceFeed _feed;
    private readonly Demuxer _demuxer;

    public ExportInput(ExportPart part)
    {
        _feed = part.Open();
        try
        {
            var options = new DemuxerOptions { Url = "export", Feed = _feed, Format = part.Format, Limits = part.Limits };
            _demuxer = Demuxer.Open(options);
        }
        catch
        {
            _feed.Dispose();
            throw;
        }
    }

    public IReadOnlyList<StreamInfo> Streams => _demuxer.Streams;

    /// <param name="take">Gets a batch of this packet alone, valid for the call.</param>
    /// <returns>False at the end.</returns>
    public bool Read(Action<PacketBatch> take)
    {
        var batch = PacketBatch.Rent();
        try
        {
            if (_demuxer.Read(batch) == ReadResult.EndOfStream)
                return false;

            if (batch.Count > 0)
                take(batch);

            return true;
        }
        finally
        {
            batch.Release();
        }
    }

    public void Dispose()
    {
        _demuxer.Dispose();
        _feed.Dispose();
    }
}
