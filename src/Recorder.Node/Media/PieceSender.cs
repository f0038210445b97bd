using System.IO.Pipelines;
using Recorder.Media;

namespace Recorder.Node.Media;

/// <summary>Reads pieces of files directly into the send buffer of the connection.</summary>
internal static class PieceSender
{
    private const int BlockSize = 64 * 1024;

    public static async Task SendAsync(PipeWriter output, IEnumerable<MediaPiece> pieces, CancellationToken cancellationToken)
    {
        IMediaFile? file = null;
        IMediaSource? source = null;
        try
        {
            foreach (var piece in pieces)
            {
                if (piece.Source is null)
                {
                    await output.WriteAsync(piece.Bytes, cancellationToken);
                    continue;
                }

                if (!piece.Source.Equals(source))
                {
                    file?.Dispose();
                    file = piece.Source.Open();
                    source = piece.Source;
                }

                if (piece.Patch is null)
                    await CopyAsync(output, file!, piece.Offset, piece.Length, cancellationToken);
                else
                    await PatchAsync(output, file!, piece, cancellationToken);
            }
        }
        finally
        {
            file?.Dispose();
        }
    }

    private static async Task CopyAsync(PipeWriter output, IMediaFile file, long offset, long length, CancellationToken cancellationToken)
    {
        while (length > 0)
        {
            var memory = output.GetMemory((int)Math.Min(length, BlockSize));
            memory = memory[..(int)Math.Min(memory.Length, length)];
            var read = await file.ReadAsync(memory, offset, cancellationToken);
            if (read == 0)
                throw new EndOfStreamException("A file of the recording was cut while it was sent.");

            output.Advance(read);
            (offset, length) = (offset + read, length - read);
            await FlushAsync(output, cancellationToken);
        }
    }

    // The buffer holds the bytes around the piece too, but only the requested ones are sent.
    private static async Task PatchAsync(PipeWriter output, IMediaFile file, MediaPiece piece, CancellationToken cancellationToken)
    {
        var memory = output.GetMemory((int)piece.Size)[..(int)piece.Size];
        var wanted = memory[..(int)piece.Length];
        for (var done = 0; done < wanted.Length;)
        {
            var read = await file.ReadAsync(wanted[done..], piece.Offset + done, cancellationToken);
            done += read > 0 ? read : throw new EndOfStreamException("A file of the recording was cut while it was sent.");
        }

        piece.Patch!(memory);
        var (start, length) = (piece.PatchedRange ?? ..).GetOffsetAndLength(memory.Length);
        if (start > 0)
            memory.Slice(start, length).CopyTo(memory);

        output.Advance(length);
        await FlushAsync(output, cancellationToken);
    }

    private static async Task FlushAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        var flushed = await output.FlushAsync(cancellationToken);
        if (flushed.IsCompleted)
            throw new OperationCanceledException("The connection was closed.", cancellationToken);
    }
}
