using System.Globalization;
using Recorder.FFmpeg;

namespace Recorder.Media.Export.Editing;

/// <summary>What the header of a video track says, and whether the parameter sets before its key frames agree.</summary>
internal sealed class VideoHeader
{
    private readonly ParameterSets? _format;
    private readonly int _lengthSize;
    private readonly byte[] _sets = [];
    private readonly (int Width, int Height) _size;

    public VideoHeader(CodecParameters video)
    {
        _size = (video.Width, video.Height);
        _format = ParameterSets.For(video.Codec);
        if (_format is null)
            return;

        var header = video.CopyExtraData();
        _lengthSize = _format.LengthSize(header);
        _sets = _format.OfHeader(header).ToArray();
        StatedRate = _format.InfoOf(_sets)?.FrameRate ?? default;
    }

    /// <summary>The frame rate in the camera's parameter sets; 0/0 if they have none.</summary>
    public Rational StatedRate { get; }

    /// <summary>Whether a key frame had other parameter sets than the header.</summary>
    public bool HasChanged { get; private set; }

    /// <exception cref="EditExportException">The frame has another size than the header says.</exception>
    public void Check(ReadOnlySpan<byte> keyFrame)
    {
        if (_format is null || _format.OfPacket(keyFrame, _lengthSize) is not { IsEmpty: false } sets || ParameterSets.Contains(_sets, sets))
            return;

        HasChanged = true;
        var size = _format.SizeOf(sets.ToArray());
        if (size != default && size != _size)
        {
            throw new EditExportException(EditError.NotHeld, string.Create(
                CultureInfo.InvariantCulture,
                $"The video changes from {_size.Width}×{_size.Height} to {size.Width}×{size.Height}, and editors need one size; export an interval before or after the change."));
        }
    }
}
