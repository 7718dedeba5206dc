using CartoPlatform.Cli.Checks;

namespace CartoPlatform.Cli.Tests.Checks;

public sealed class DatabaseLogCleaningTests
{
    private const string Head = "2026-12-01 09:21:35.673 UTC [29475] carto_reader@carto_dw ";

    [Theory]
    [InlineData("ERROR:  invalid input syntax for type integer: \"SECRETNAME1\"", "ERROR:  invalid input syntax for type integer: \"…\"")]
    [InlineData("ERROR:  relation \"demo.nope\" does not exist at character 15", "ERROR:  relation \"demo.nope\" does not exist at character 15")]
    [InlineData("ERROR:  column \"salary\" of relation \"people\" does not exist", "ERROR:  column \"salary\" of relation \"people\" does not exist")]
    [InlineData("ERROR:  unterminated quoted string at or near \"'PATIENT-4711 HIV\" at character 9", "ERROR:  unterminated quoted string at or near \"…\" at character 9")]
    [InlineData("ERROR:  unterminated quoted string at or near \"'PATIENT", "ERROR:  unterminated quoted string at or near \"…\"")]
    [InlineData("FATAL:  role \"carto_x\" is not permitted to log in", "FATAL:  role \"carto_x\" is not permitted to log in")]
    [InlineData("LOG:  checkpoint complete: wrote 279 buffers", "LOG:  checkpoint complete: wrote 279 buffers")]
    [InlineData("HINT:  Perhaps you meant to reference the column \"people.name\".", "HINT:  Perhaps you meant to reference the column \"people.name\".")]
    public void Messages_keep_names_and_lose_values(string line, string cleaned) => Assert.Equal(Head + cleaned, DatabaseLogCleaning.Clean(Head + line));

    [Fact]
    public void Statements_and_details_go_with_all_their_lines()
    {
        var log = $"""
            end of a statement with PATIENT-4711
            {Head}ERROR:  duplicate key value violates unique constraint "people_pkey"
            {Head}DETAIL:  Key (name)=(Smith) already exists.
            {Head}STATEMENT:  select * from nope
            \twhere note = 'PATIENT-4711 HIV'
            {Head}QUERY:  select 'x'
            \tof a function
            {Head}LOG:  a message
            \tof "Smith" in two lines
            {Head}LOG:  the next
            """.Replace("\\t", "\t", StringComparison.Ordinal);

        Assert.Equal($"{Head}ERROR:  duplicate key value violates unique constraint \"people_pkey\"\n{Head}LOG:  a message\n{Head}LOG:  the next", DatabaseLogCleaning.Clean(log));
    }
}
