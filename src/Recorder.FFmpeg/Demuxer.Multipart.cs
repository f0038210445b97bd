using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

// Pictures that a web server sends one after another. FFmpeg's own demuxer of them counts 25 a second whatever comes, knows no time, and
// where they state no length gives out each when the next one is there: the bytes are read here, and a picture's time is its arrival.
public sealed unsafe partial class Demuxer
{
    private const string MultipartFormat = "mpjpeg";

    // What RTP counts pictures in.
    private static readonly Rational ArrivalTimeBase = new(1, 90_000);

    private readonly long _openedAt = Stopwatch.GetTimestamp();
    private MultipartPictures? _pictures;
    private bool _hasPicture;
    private long _lastPictureAt = -1;

    // The first picture says how large they are: without it the stream is not open.
    private void OpenPictures()
    {
        _pictures = new MultipartPictures();
        try
        {
            while (!(_pictures.TryTake() && _pictures.IsWhole))
            {
                if (_pictures.Picture.IsEmpty && !ReadMore())
                    throw new FFmpegException(NativeError.InvalidData, $"{_name}: there is no picture in it.");
            }
        }
        catch (FFmpegException) when (_interrupt.Cancelled || _interrupt.TimedOut)
        {
            throw Failure(ffmpeg.AVERROR_EXIT, _name, _interrupt, _options.OpenDeadline, "reading its first picture");
        }
        _hasPicture = true;
        DescribePictures();
    }

    private ReadResult ReadPicture(PacketBatch into)
    {
        var pictures = _pictures!;
        while (!_hasPicture && !pictures.TryTake())
        {
            try
            {
                if (!ReadMore())
                    return pictures.HasRest ? ReadRest(into) : ReadResult.EndOfStream;
            }
            catch (FFmpegException) when (pictures.HasRest && !_interrupt.Cancelled)
            {
                return ReadRest(into);
            }
        }
        _hasPicture = false;
        if (pictures.IsWhole && (pictures.Width, pictures.Height) != (Streams[0].Parameters.Width, Streams[0].Parameters.Height))
            DescribePictures();
        var elapsed = Stopwatch.GetElapsedTime(_openedAt, pictures.ArrivedAt);
        Append(into, pictures.Picture, ArrivalTimeBase.FromTimeSpan(elapsed), pictures.IsWhole);
        return ReadResult.Appended;
    }

    // What the connection broke off in is counted as damage; the next read says why it did.
    private ReadResult ReadRest(PacketBatch into)
    {
        _pictures = new MultipartPictures();
        Append(into, [], _lastPictureAt + 1, isWhole: false);
        return ReadResult.Appended;
    }

    private void Append(PacketBatch into, ReadOnlySpan<byte> picture, long at, bool isWhole)
    {
        _lastPictureAt = Math.Max(at, _lastPictureAt + 1);
        into.Add(picture, 0, _lastPictureAt, _lastPictureAt, 0, key: true);
        if (!isWhole)
            into.MarkCorrupt(into.Count - 1);
    }

    private static bool IsMultipart(AVFormatContext* context) => Marshal.PtrToStringUTF8((nint)context->iformat->name) == MultipartFormat;

    /// <summary>False at the end.</summary>
    private bool ReadMore()
    {
        var room = _pictures!.Room();
        int read;
        fixed (byte* bytes = room)
        {
            read = ffmpeg.avio_read_partial(Context->pb, bytes, room.Length);
        }
        if (_interrupt.Cancelled || _interrupt.TimedOut)
            throw Failure(read, _name, _interrupt, _options.ReadDeadline, "reading");
        if (read is 0 || read == ffmpeg.AVERROR_EOF)
            return false;
        NativeError.Check(read, _name);
        _pictures.Added(read, Stopwatch.GetTimestamp());
        return true;
    }

    private void DescribePictures()
    {
        var parameters = CodecParameters.From(Context->streams[0]->codecpar, new Rational(0, 1), default).WithSize(_pictures!.Width, _pictures.Height);
        Streams = [new StreamInfo(0, parameters, ArrivalTimeBase, new Rational(0, 1), Language: null, StartTime: null, AttachedPicture: false)];
        _limits.Check(Streams);
        StreamsVersion++;
    }
}
