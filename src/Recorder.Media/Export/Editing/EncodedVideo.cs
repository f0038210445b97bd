using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Media.Export.Editing;

/// <summary>How video is encoded for a file of another rate: H.264 of constant quality.</summary>
/// <param name="Quality">The constant rate factor of x264, 0 to 51: lower is better and larger.</param>
internal sealed record EditEncoding(int Quality = EditEncoding.Usual)
{
    public const int Usual = 18;
    public const int Worst = 51;
    public const string Codec = "h264";
}

/// <summary>
/// Decodes the frames of a camera, and encodes one for each place of a grid of another rate: places without a frame show the one before again, and of
/// frames at one place the nearest to it is shown.
/// </summary>
internal sealed class EncodedVideo : IDisposable
{
    private static readonly TimeSpan KeyFrames = TimeSpan.FromSeconds(1);

    private readonly EditLayout _layout;
    private readonly Rational _timeBase;
    private readonly ITranscoder _decoder;
    private readonly ITranscoder _encoder;
    private readonly Action<long, PacketBatch> _add;
    private readonly long[] _times;
    private readonly long[] _places;
    private readonly bool[] _isNearest;
    private readonly bool _showsBlack;
    private readonly CancellationToken _cancellationToken;
    private (PacketBatch Batch, int Index)? _shown;
    private long _next;
    private long _written;

    /// <param name="add">Gets the place of each encoded frame, and a batch of its packet alone, which it releases.</param>
    public EncodedVideo(EditLayout layout, SourceSurvey survey, EditFileOptions options, Action<long, PacketBatch> add, CancellationToken cancellationToken)
    {
        (_layout, _add, _showsBlack, _cancellationToken) = (layout, add, options.Holes == EditHoles.Black, cancellationToken);
        var video = layout.Tracks.VideoTrack.First;
        _timeBase = video.TimeBase;
        var rate = new Rational(layout.Rate.Numerator, layout.Rate.Denominator);
        var bits = ExportFormat.BitRateOf(video.Parameters);
        // Recorders on the same machine come first.
        var threads = Math.Max(1, Environment.ProcessorCount / 2);
        _decoder = options.Codecs.OpenVideo(video.Parameters, _timeBase, new VideoEncoding { Codec = "rawvideo", BitsPerSecond = bits, Threads = threads });
        try
        {
            _encoder = options.Codecs.OpenVideo(_decoder.Output, rate.Inverse, new VideoEncoding
            {
                Codec = EditEncoding.Codec,
                BitsPerSecond = bits,
                Quality = layout.Encoding!.Quality,
                FrameRate = rate,
                KeyFrameIntervalDuration = KeyFrames,
                GlobalHeader = true,
                Threads = threads,
            });
        }
        catch
        {
            _decoder.Dispose();
            throw;
        }

        _times = [.. survey.Shown.Select(shown => _timeBase.Rescale(shown, _decoder.OutputTimeBase))];
        _places = [.. layout.Grid.Places];
        Array.Sort(_times, _places);
        _isNearest = NearestOf(_times, _places, _decoder.OutputTimeBase.Value * layout.Rate.Numerator / layout.Rate.Denominator);
    }

    public CodecParameters Output => _encoder.Output;

    public void Add(ExportPacket packet)
    {
        var (input, raw) = (packet.Keep(), PacketBatch.Rent());
        try
        {
            _decoder.Write(input, 0, packet.TimeBase.Rescale(packet.Shown, _timeBase), raw, 0);
            Show(raw);
        }
        finally
        {
            input.Release();
            raw.Release();
        }
    }

    /// <summary>Encodes what is left, up to the end of the grid.</summary>
    public void Finish()
    {
        var (raw, rest) = (PacketBatch.Rent(), PacketBatch.Rent());
        try
        {
            _decoder.Finish(raw, 0);
            Show(raw);
            if (_shown is null)
                throw new EditExportException(EditError.NotRead, "No frame of the recording can be decoded.");

            EncodeUntil(_layout.Grid.Length);
            _encoder.Finish(rest, 0);
            Take(rest);
        }
        finally
        {
            raw.Release();
            rest.Release();
        }
    }

    public void Dispose()
    {
        _shown?.Batch.Release();
        _shown = null;
        _decoder.Dispose();
        _encoder.Dispose();
    }

    private void Show(PacketBatch raw)
    {
        for (var index = 0; index < raw.Count; index++)
        {
            var frame = FrameAt(raw[index].Pts);
            if (!_isNearest[frame] && _shown is not null)
                continue;

            // What could not be decoded at the beginning shows the first frame that could.
            if (_shown is not null)
                EncodeUntil(_places[frame]);

            _shown?.Batch.Release();
            _shown = (raw.AddRef(), index);
        }
    }

    // A decoder may leave frames out, so they are found again by their times, which it rounds.
    private int FrameAt(long time)
    {
        var found = Array.BinarySearch(_times, time);
        if (found >= 0)
            return found;

        var next = Math.Min(~found, _times.Length - 1);
        return next > 0 && time - _times[next - 1] < _times[next] - time ? next - 1 : next;
    }

    private static bool[] NearestOf(long[] times, long[] places, double perTick)
    {
        var (nearest, best) = (new bool[times.Length], 0);
        for (var i = 0; i < times.Length; i++)
        {
            if (i == 0 || places[i] != places[best] || Away(i) < Away(best))
            {
                nearest[best] &= places[i] != places[best];
                nearest[best = i] = true;
            }
        }

        return nearest;

        double Away(int i) => Math.Abs(((times[i] - times[0]) * perTick) - places[i]);
    }

    private void EncodeUntil(long end)
    {
        for (; _next < end; _next++)
        {
            // A hole of hours is encoded for a single frame of the recording.
            _cancellationToken.ThrowIfCancellationRequested();
            var encoded = PacketBatch.Rent();
            try
            {
                _encoder.Blank = _showsBlack && _layout.Grid.Holes.Any(hole => hole.Place <= _next && _next < hole.End);
                _encoder.Write(_shown!.Value.Batch, _shown.Value.Index, _next, encoded, 0);
                Take(encoded);
            }
            finally
            {
                encoded.Release();
            }
        }
    }

    // Encoders do not reorder frames here: the n-th packet is that of place n.
    private void Take(PacketBatch encoded)
    {
        for (var index = 0; index < encoded.Count; index++)
        {
            var one = PacketBatch.Rent();
            one.Append(encoded, index);
            _add(_written++, one);
        }
    }
}
