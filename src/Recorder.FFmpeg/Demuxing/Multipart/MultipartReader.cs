using System.Diagnostics;

namespace Recorder.FFmpeg;

/// <summary>
/// Reads JPEG images that a web server sends one after another. FFmpeg's own demuxer numbers them at 25 per second whatever their
/// times are, and returns an image without a stated length only when the next one begins. So this class reads the bytes itself,
/// and the time of a frame is its arrival.
/// </summary>
internal sealed unsafe class MultipartReader(InputContext input, StreamTable streams) : IPacketReader
{
    // The clock of RTP video.
    private static readonly Rational ArrivalTimeBase = new(1, 90_000);
    private static readonly Rational UnknownRate = new(0, 1);

    private readonly long _openedAt = Stopwatch.GetTimestamp();
    private MultipartFrames _frames = new();
    private bool _hasFrame;
    private long _lastTime = -1;

    /// <summary>Reads the first frame, which states the size of the stream.</summary>
    public void Open()
    {
        try
        {
            while (!(_frames.TryTake() && _frames.IsWhole))
            {
                if (_frames.Frame.IsEmpty && !ReadMore())
                    throw new FFmpegException(NativeError.InvalidData, $"{input.Name}: it contains no frame.");
            }
        }
        catch (FFmpegException) when (input.IsInterrupted)
        {
            throw input.Failure(ffmpeg.AVERROR_EXIT, input.Options.OpenDeadline, "reading its first frame");
        }
        _hasFrame = true;
        Describe();
    }

    public ReadResult Read(PacketBatch into)
    {
        input.BeginRead();
        while (!_hasFrame && !_frames.TryTake())
        {
            try
            {
                if (!ReadMore())
                    return _frames.HasPartialFrame ? AppendPartialFrame(into) : ReadResult.EndOfStream;
            }
            catch (FFmpegException) when (_frames.HasPartialFrame && !input.Interrupt.Cancelled)
            {
                return AppendPartialFrame(into);
            }
        }
        _hasFrame = false;
        var parameters = streams.All[0].Parameters;
        if (_frames.IsWhole && (_frames.Width, _frames.Height) != (parameters.Width, parameters.Height))
            Describe();
        var elapsed = Stopwatch.GetElapsedTime(_openedAt, _frames.ArrivedAt);
        Append(into, _frames.Frame, ArrivalTimeBase.FromTimeSpan(elapsed), _frames.IsWhole);
        return ReadResult.Appended;
    }

    // A frame that the connection broke off in counts as damaged. The next read reports why the connection broke.
    private ReadResult AppendPartialFrame(PacketBatch into)
    {
        _frames = new MultipartFrames();
        Append(into, [], _lastTime + 1, isWhole: false);
        return ReadResult.Appended;
    }

    private void Append(PacketBatch into, ReadOnlySpan<byte> frame, long time, bool isWhole)
    {
        _lastTime = Math.Max(time, _lastTime + 1);
        into.Add(frame, 0, _lastTime, _lastTime, 0, key: true);
        if (!isWhole)
            into.MarkCorrupt(into.Count - 1);
    }

    private bool ReadMore()
    {
        var buffer = _frames.GetBuffer();
        int read;
        fixed (byte* bytes = buffer)
        {
            read = ffmpeg.avio_read_partial(input.Context->pb, bytes, buffer.Length);
        }
        if (input.IsInterrupted)
            throw input.ReadFailure(read);
        if (read is 0 || read == ffmpeg.AVERROR_EOF)
            return false;
        NativeError.Check(read, input.Name);
        _frames.Commit(read, Stopwatch.GetTimestamp());
        return true;
    }

    private void Describe()
    {
        var native = input.Context->streams[0]->codecpar;
        var parameters = CodecParameters.From(native, UnknownRate, default).With(width: _frames.Width, height: _frames.Height);
        streams.Replace([new StreamInfo(0, parameters, ArrivalTimeBase, UnknownRate, Language: null, StartTime: null, AttachedPicture: false)]);
    }
}
