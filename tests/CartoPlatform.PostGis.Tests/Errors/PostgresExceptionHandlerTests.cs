using System.Net.Sockets;
using CartoPlatform.PostGis.Errors;
using Npgsql;

namespace CartoPlatform.PostGis.Tests.Errors;

public sealed class PostgresExceptionHandlerTests
{
    [Theory]
    [InlineData("42601", 400)]
    [InlineData("42P01", 400)]
    [InlineData("42703", 400)]
    [InlineData("22012", 400)]
    [InlineData("22P02", 400)]
    [InlineData("23505", 400)]
    [InlineData("0A000", 400)]
    [InlineData("20000", 400)]
    [InlineData("2F005", 400)]
    [InlineData("38000", 400)]
    [InlineData("44000", 400)]
    [InlineData("53400", 400)]
    [InlineData("54001", 400)]
    [InlineData("3D000", 400)]
    [InlineData("P0001", 400)]
    [InlineData("XX000", 400)]
    [InlineData("42501", 403)]
    [InlineData("25006", 403)]
    [InlineData("57014", 408)]
    [InlineData("40001", 409)]
    [InlineData("40P01", 409)]
    [InlineData("55P03", 409)]
    [InlineData("XX001", 500)]
    [InlineData("58030", 500)]
    [InlineData("HV000", 500)]
    [InlineData("53300", 503)]
    [InlineData("28P01", 503)]
    [InlineData("28000", 503)]
    [InlineData("57P01", 503)]
    [InlineData("57P03", 503)]
    [InlineData("08006", 503)]
    [InlineData("53100", 507)]
    [InlineData("53200", 507)]
    public void State_has_its_status(string sqlState, int status) =>
        Assert.Equal(status, PostgresExceptionHandler.Map(new PostgresException("the text", "ERROR", "ERROR", sqlState))?.Status);

    [Theory]
    [InlineData("42601", "the text")]
    [InlineData("42501", "the text")]
    [InlineData("XX001", "The database failed")]
    [InlineData("28P01", "The database cannot be reached at the moment")]
    public void Text_is_the_databases_own_only_where_it_is_about_the_statement(string sqlState, string text) =>
        Assert.Equal(text, PostgresExceptionHandler.Map(new PostgresException("the text", "ERROR", "ERROR", sqlState))?.Error);

    [Theory]
    [InlineData("42703", "the text. Perhaps you meant \"name\".")]
    [InlineData("42883", "the text")]
    [InlineData("XX001", "The database failed")]
    public void Column_that_was_meant_is_told(string sqlState, string text) => Assert.Equal(
        text, PostgresExceptionHandler.Map(new PostgresException("the text", "ERROR", "ERROR", sqlState, hint: "Perhaps you meant \"name\"."))?.Error);

    [Fact]
    public void Database_that_is_dialled_and_not_there_is_503() =>
        Assert.Equal(503, PostgresExceptionHandler.Map(new PostgresException("the text", "FATAL", "FATAL", "3D000"))?.Status);

    [Fact]
    public void Statement_that_the_driver_gave_up_on_is_408() =>
        Assert.Equal(408, PostgresExceptionHandler.Map(new NpgsqlException("Exception while reading from stream", new TimeoutException()))?.Status);

    [Fact]
    public void Database_out_of_reach_is_503() =>
        Assert.Equal(503, PostgresExceptionHandler.Map(new NpgsqlException("Failed to connect", new SocketException()))?.Status);

    [Fact]
    public void Other_exceptions_are_not_answered_here() => Assert.Null(PostgresExceptionHandler.Map(new InvalidOperationException()));
}
